import { engineNamesOf } from '../registry/engine-names.ts';
import { refuseUnwritable } from '../storage/text-file.ts';
import { busyFile } from './apply-engine-edit.ts';
import { readBackup, removeBackup } from './back-up-file.ts';
import { diffText } from './diff-text.ts';
import { editsOf, type RecordedEdit, readEditRecord, withEditsOf, writeEditRecord } from './edit-record.ts';
import { type FileEdit, type FileKind, shownAs } from './file-edit.ts';
import type { Writer } from './keep-edit.ts';
import { whileEditing } from './lock-edits.ts';
import { type FileSnapshot, readEngineFile } from './read-engine-file.ts';
import { type UndoneFile, undoEdits } from './undo-edits.ts';
import { removeEngineFile, writeEngineFile } from './write-engine-file.ts';

/** A planned undoing of one file's edits. */
export interface UndoEdit extends FileEdit {
  /** What stays, since others changed it, in sentences. */
  readonly left: readonly string[];
}

type Undoer = Pick<Writer, 'uid' | 'state'>;

const MOST_ATTEMPTS = 5;

/**
 * Plans that all that was recorded is taken back, the file that was changed last first. Writes nothing.
 * @param hosts whose: only what was done for these; undefined: everything. As they were set up, `HOST:443` besides.
 * @returns an edit for each file that is in the record; `apply` takes the file out of it, too
 * @throws every AppError that can be foreseen
 */
export async function planUndo(writer: Undoer, hosts?: readonly string[]): Promise<readonly UndoEdit[]> {
  if (writer.state === null) return [];
  const isWanted = wanted(hosts);
  const { files } = readEditRecord(writer.state, writer.uid);
  const planned: UndoEdit[] = [];
  for (const { path, edits } of files.toReversed()) {
    if (edits.every(({ steps }) => steps.length > 0 && !steps.some(({ host }) => isWanted(host)))) continue;
    const before = await readEngineFile(path);
    const { text, changes, left } = undoEdits(before.text, edits, path, isWanted);
    if (text !== before.text) await refuseUnwritable(before, writer.uid);
    const diff = diffText(path, before.text, text, shownAs(kindOf(edits)));
    planned.push({ path, changes, left, diff, apply: () => applyUndo(path, writer, isWanted) });
  }
  return planned;
}

function wanted(hosts: readonly string[] | undefined): (host: string) => boolean {
  if (hosts === undefined) return () => true;
  const names = new Set(hosts.flatMap(engineNamesOf));
  return (host) => names.has(host);
}

function kindOf(edits: readonly RecordedEdit[]): FileKind {
  const steps = edits.flatMap((edit) => edit.steps);
  if (steps.some(({ kind }) => kind === 'binding')) return 'config';
  return steps.some((step) => step.kind === 'login' && step.legacy) ? 'dockercfg' : 'engine';
}

function applyUndo(
  path: string,
  writer: Undoer,
  isWanted: (host: string) => boolean,
): Promise<readonly string[]> {
  return whileEditing(path, writer, async () => {
    const { state, uid } = writer;
    if (state === null) return [];
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
      const record = readEditRecord(state, uid);
      const edits = editsOf(record, path);
      const before = await readEngineFile(path);
      const undone = undoEdits(before.text, edits, path, isWanted);
      if (!(await makeSo(before, undone, edits, uid))) continue;
      await writeEditRecord(state, withEditsOf(record, path, undone.rest), uid);
      if (undone.text === null || readBackup(state, path, uid) === undone.text)
        await removeBackup(state, path);
      return undone.changes;
    }
    throw busyFile(path);
  });
}

async function makeSo(
  before: FileSnapshot,
  { text }: UndoneFile,
  edits: readonly RecordedEdit[],
  uid: number | undefined,
): Promise<boolean> {
  if (text === before.text) return true;
  await refuseUnwritable(before, uid);
  if (text !== null) return writeEngineFile(before, text);
  return removeEngineFile(before, edits[0]?.directories ?? []);
}
