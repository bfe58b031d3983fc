import { createHash } from 'node:crypto';
import { readPrivateFile, stampOf } from '../../files/hot-files.ts';
import { removeFile } from '../../files/remove-file.ts';
import { writePrivateFile } from '../../files/write-private-file.ts';
import { AppError } from '../../hosts/reason.ts';
import type { EditStep } from './edit-steps.ts';
import { parseEditRecord } from './parse-edit-record.ts';

/** One edit of a file. It was written down before the file was, so that the file may never have become `after`. */
export interface RecordedEdit {
  /** What the file was and became: the fingerprint of its text, or `absent`. */
  readonly before: string;
  readonly after: string;
  /** Where the two texts part, in UTF-16 units; what stood there before; how much of the new text stands there. */
  readonly start: number;
  readonly removed: string;
  readonly inserted: number;
  readonly steps: readonly EditStep[];
  /** Directories that were made for the file, innermost first. */
  readonly directories: readonly string[];
}

/** What `setup` changed and has not taken back, each file's edits in their order. It holds secrets: removed logins. */
export interface EditRecord {
  readonly files: readonly { readonly path: string; readonly edits: readonly RecordedEdit[] }[];
}

const MOST_BYTES = 256 * 1024 * 1024;

/** @returns the fingerprint of a file's text; null: there is no file */
export function textMark(text: string | null): string {
  return text === null ? 'absent' : createHash('sha256').update(text).digest('hex');
}

/** @returns the edit from one text to another */
export function recordedEdit(
  before: string | null,
  after: string,
  steps: readonly EditStep[],
  directories: readonly string[],
): RecordedEdit {
  const old = before ?? '';
  const most = Math.min(old.length, after.length);
  let start = 0;
  while (start < most && old[start] === after[start]) start++;
  let same = 0;
  while (same < most - start && old[old.length - 1 - same] === after[after.length - 1 - same]) same++;
  return {
    before: textMark(before),
    after: textMark(after),
    start,
    removed: old.slice(start, old.length - same),
    inserted: after.length - same - start,
    steps,
    directories,
  };
}

/** @returns what the file was before the edit; null: no file. `text` must be what the edit made of it. */
export function textBefore(text: string, edit: RecordedEdit): string | null {
  if (edit.before === 'absent') return null;
  return text.slice(0, edit.start) + edit.removed + text.slice(edit.start + edit.inserted);
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
  record: EditRecord,
  uid: number | undefined,
): Promise<boolean> {
  if (record.files.length === 0) {
    await removeFile(recordFile(state));
    return true;
  }
  return writePrivateFile(recordFile(state), JSON.stringify(record), uid, true);
}

/** @returns the record with these edits of a file; none: the file is not in it any more */
export function withEditsOf(record: EditRecord, path: string, edits: readonly RecordedEdit[]): EditRecord {
  const isThere = record.files.some((file) => file.path === path);
  const files = isThere
    ? record.files.map((file) => (file.path === path ? { path, edits } : file))
    : [...record.files, { path, edits }];
  return { files: files.filter((file) => file.edits.length > 0) };
}

/** @returns the edits of a file in their order */
export function editsOf(record: EditRecord, path: string): readonly RecordedEdit[] {
  return record.files.find((file) => file.path === path)?.edits ?? [];
}

/** Where the record lies, below a directory of ours. */
export function recordFile(state: string): string {
  return `${state}/setup-record.json`;
}
