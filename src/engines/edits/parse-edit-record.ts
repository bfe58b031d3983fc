import type { EditRecord, RecordedEdit } from './edit-record.ts';

/** @returns the record that a text holds; undefined if it is anything else, down to the last step */
export function parseEditRecord(text: string): EditRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Somebody else wrote it: the record is replaced as a whole.
    return undefined;
  }
  if (!isObject(value) || !isArrayOf(value.files, isFile)) return undefined;
  return { files: value.files };
}

function isFile(value: unknown): value is EditRecord['files'][number] {
  return isObject(value) && isText(value.path) && isArrayOf(value.edits, isEdit);
}

function isEdit(value: unknown): value is RecordedEdit {
  if (!isObject(value)) return false;
  const { before, after, start, removed, inserted, steps, directories } = value;
  const texts = [before, after, removed].every(isText);
  return (
    texts && [start, inserted].every(isCount) && isArrayOf(steps, isStep) && isArrayOf(directories, isText)
  );
}

function isStep(value: unknown): boolean {
  if (!isObject(value) || !isText(value.host)) return false;
  switch (value.kind) {
    case 'helper':
      return (
        isTextOrNull(value.previous) &&
        isJson(value.previous) &&
        isCount(value.nth) &&
        isFlag(value.madeContainer)
      );
    case 'login':
      return (
        isText(value.key) &&
        isText(value.json) &&
        isJson(value.json) &&
        isTextOrNull(value.after) &&
        isFlag(value.legacy)
      );
    case 'binding':
      return 'previous' in value && 'written' in value;
    default:
      return false;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isArrayOf<T>(value: unknown, isOne: (item: unknown) => item is T): value is T[];
function isArrayOf(value: unknown, isOne: (item: unknown) => boolean): value is unknown[];
function isArrayOf(value: unknown, isOne: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isOne);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isTextOrNull(value: unknown): boolean {
  return value === null || isText(value);
}

function isFlag(value: unknown): boolean {
  return typeof value === 'boolean';
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** What is put back into a file must fit there. */
function isJson(value: unknown): boolean {
  if (value === null) return true;
  try {
    JSON.parse(value as string);
    return true;
  } catch {
    // It was cut, or somebody else wrote it.
    return false;
  }
}
