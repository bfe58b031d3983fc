import { createHash } from 'node:crypto';
import { readPrivateFile, stampOf } from '../../files/hot-files.ts';
import { writePrivateFile } from '../../files/private-directory.ts';
import { removeFile } from '../../files/remove-file.ts';
import { AppError } from '../../hosts/reason.ts';

/** One change of a file, with what it takes to take it back. `host` is the registry host it was made for. */
export type EditStep = HelperStep | UnnamedStep | LoginStep | BindingStep;

/** `credHelpers` names our helper for a host. */
export interface HelperStep {
  readonly kind: 'helper';
  readonly host: string;
  /** The JSON that stood there before; null: none. */
  readonly previous: string | null;
  /** Which of the members of the host's name, where there are several: the first is 0. */
  readonly nth: number;
  /** There was no `credHelpers` before the edit. */
  readonly madeContainer: boolean;
}

/** `credHelpers` named a helper for a host, and does not any more. */
export interface UnnamedStep {
  readonly kind: 'unnamed';
  readonly host: string;
  /** The JSON that stood there. */
  readonly json: string;
  /** The key before it; null: it was the first. */
  readonly after: string | null;
}

/** A stored login was removed. */
export interface LoginStep {
  readonly kind: 'login';
  readonly host: string;
  /** The key it stood under: the host, `HOST/ns`, `https://HOST/v1/`. */
  readonly key: string;
  /** Its value as it stood there: a secret. */
  readonly json: string;
  /** The key before it; null: it was the first. */
  readonly after: string | null;
  /** The file is a `.dockercfg`: its logins are its top level. */
  readonly legacy: boolean;
}

/** Our config's entry of a host was written, as plain JSON before (null: none) and after. */
export interface BindingStep {
  readonly kind: 'binding';
  readonly host: string;
  readonly previous: unknown;
  readonly written: unknown;
}

/** One edit of a file. It was written down before the file was, so that the file may never have become `after`. */
export interface RecordedEdit {
  /** What the file was and became: the fingerprint of its text, or `absent`. */
  readonly before: string;
  readonly after: string;
  readonly steps: readonly EditStep[];
}

/** A file's edits that were not taken back, in their order. */
export interface RecordedFile {
  readonly path: string;
  /** Its text before the first of them; null: there was no file; undefined: it is not to come back as a whole. */
  readonly original?: string | null | undefined;
  /** Directories that were made for it, innermost first. */
  readonly directories: readonly string[];
  readonly edits: readonly RecordedEdit[];
}

/** What `setup` changed and has not taken back. It holds secrets: whole files of engines, and removed logins. */
export interface EditRecord {
  readonly files: readonly RecordedFile[];
}

const MOST_BYTES = 256 * 1024 * 1024;

/** @returns the fingerprint of a file's text; null: there is no file */
export function textMark(text: string | null): string {
  return text === null ? 'absent' : createHash('sha256').update(text).digest('hex');
}

/** Where the record lies, below a directory of ours. */
export function recordFile(state: string): string {
  return `${state}/setup-record.json`;
}

/**
 * @param state our state directory
 * @throws AppError if the record is broken, or is not private any more
 */
export function readEditRecord(state: string, uid: number | undefined): EditRecord {
  const path = recordFile(state);
  const text = readPrivateFile(path, uid, MOST_BYTES);
  if (text === null && stampOf(path) === null) return { files: [] };
  const record = parseEditRecord(text ?? '');
  if (record !== undefined) return record;
  throw new AppError({
    code: 'record-broken',
    message: `${path}, the record of what setup changed, is broken or open to others`,
    fix: { do: `Run chmod 600 ${path}, or move it away, then run this again.` },
  });
}

/** Writes the record, or removes it when nothing is left in it. @returns whether it was written, and is on the disk */
export async function writeEditRecord(
  state: string,
  { files }: EditRecord,
  uid: number | undefined,
): Promise<boolean> {
  if (files.length > 0) return writePrivateFile(recordFile(state), JSON.stringify({ files }), uid, true);
  await removeFile(recordFile(state));
  return true;
}

/** @returns the record with a file as it is recorded now; without edits it is not in it any more */
export function withFile(record: EditRecord, file: RecordedFile): EditRecord {
  const isThere = record.files.some(({ path }) => path === file.path);
  const files = isThere
    ? record.files.map((other) => (other.path === file.path ? file : other))
    : [...record.files, file];
  return { files: files.filter(({ edits }) => edits.length > 0) };
}

/** @returns the record that a text holds; undefined if it is anything else, down to the last step */
export function parseEditRecord(text: string): EditRecord | undefined {
  const value = parsed(text);
  return isObject(value) && isListOf(value.files, isFile) ? { files: value.files } : undefined;
}

function isFile(value: unknown): value is RecordedFile {
  if (!isObject(value) || typeof value.path !== 'string') return false;
  const { original, directories, edits } = value;
  return isTextOr([null, undefined], original) && isListOf(directories, isText) && isListOf(edits, isEdit);
}

function isEdit(value: unknown): value is RecordedEdit {
  return isObject(value) && isText(value.before) && isText(value.after) && isListOf(value.steps, isStep);
}

function isStep(value: unknown): value is EditStep {
  if (!isObject(value) || !isText(value.host)) return false;
  const { kind, previous, nth, madeContainer, key, json, after, legacy } = value;
  if (kind === 'binding') return 'previous' in value && 'written' in value;
  if (kind === 'helper')
    return isJsonOrNull(previous) && Number.isSafeInteger(nth) && typeof madeContainer === 'boolean';
  const isMember = isText(json) && isJsonOrNull(json) && isTextOr([null], after);
  if (kind === 'unnamed') return isMember;
  return kind === 'login' && isText(key) && isMember && typeof legacy === 'boolean';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isListOf<T>(value: unknown, isOne: (item: unknown) => item is T): value is T[] {
  return Array.isArray(value) && value.every(isOne);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isTextOr(others: readonly unknown[], value: unknown): value is string | null | undefined {
  return isText(value) || others.includes(value);
}

/** What is put back into a file must fit there. */
function isJsonOrNull(value: unknown): boolean {
  return value === null || (isText(value) && parsed(value) !== undefined);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // It was cut, or somebody else wrote it.
    return undefined;
  }
}
