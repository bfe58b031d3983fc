import { refuseUnwritable } from '../../files/text-file.ts';
import { AppError } from '../../hosts/reason.ts';
import { engineNamesOf } from '../../registry/engine-names.ts';
import { type FileSnapshot, readEngineFile } from '../config-files/read-engine-file.ts';
import { allStates } from '../config-files/volatile-places.ts';
import { busyFile } from './apply-engine-edit.ts';
import { readBackup, removeBackup } from './back-up-file.ts';
import { diffText } from './diff-text.ts';
import { editsOf, type RecordedEdit, readEditRecord, withEditsOf, writeEditRecord } from './edit-record.ts';
import { type FileEdit, type FileKind, shownAs } from './file-edit.ts';
import type { Writer } from './keep-edit.ts';
import { whileEditing } from './lock-edits.ts';
import { meansTheSame } from './means-the-same.ts';
import { type UndoneFile, undoEdits } from './undo-edits.ts';
import { removeEngineFile, writeEngineFile } from './write-engine-file.ts';

/** A planned undoing of one file's edits. */
export interface UndoEdit extends FileEdit {
  /** What stays, since others changed it, in sentences. */
  readonly left: readonly string[];
  /** Why nothing of this file can be taken back; the others can. `apply` throws it. */
  readonly fault?: AppError;
  /** Whether `apply` removed the file. */
  isRemoved?(): boolean;
}

type Undoer = Pick<Writer, 'uid' | 'state' | 'volatile'>;

/** Whose edits of which file, and where they are recorded. */
interface Undoing {
  readonly path: string;
  readonly state: string;
  readonly uid: number | undefined;
  isWanted(host: string): boolean;
}

const MOST_ATTEMPTS = 5;

/**
 * Plans that all that was recorded is taken back, the file that was changed last first. Writes nothing.
 * @param hosts whose: only what was done for these; undefined: everything. As they were set up, `HOST:443` besides.
 * @returns an edit for each file that is in the record; `apply` takes the file out of it, too, also where nothing of it
 *   is left to change
 * @throws AppError if the record is broken
 */
export async function planUndo(undoer: Undoer, hosts?: readonly string[]): Promise<readonly UndoEdit[]> {
  const { uid } = undoer;
  const isWanted = wanted(hosts);
  const planned: UndoEdit[] = [];
  for (const state of allStates(undoer)) {
    const { files } = readEditRecord(state, uid);
    for (const { path, edits } of files.toReversed()) {
      if (edits.every(({ steps }) => steps.length > 0 && !steps.some(({ host }) => isWanted(host)))) continue;
      planned.push(await planOne({ path, state, uid, isWanted }, edits));
    }
  }
  return planned;
}

function wanted(hosts: readonly string[] | undefined): (host: string) => boolean {
  if (hosts === undefined) return () => true;
  const names = new Set(hosts.flatMap(engineNamesOf));
  return (host) => names.has(host);
}

async function planOne(undoing: Undoing, edits: readonly RecordedEdit[]): Promise<UndoEdit> {
  const { path, uid } = undoing;
  try {
    const before = await readEngineFile(path);
    const { text, changes, left } = undone(before, edits, undoing);
    if (text !== before.text) await refuseUnwritable(before, uid);
    const diff = diffText(path, before.text, text, shownAs(kindOf(edits)));
    let isRemoved = false;
    const noteRemoval = (): void => {
      isRemoved = true;
    };
    const apply = () => applyUndo(undoing, noteRemoval);
    return { path, changes, left, diff, apply, isRemoved: () => isRemoved };
  } catch (error) {
    // One broken file keeps no other from being what it was.
    if (!(error instanceof AppError)) throw error;
    return { path, changes: [], left: [], diff: [], fault: error, apply: () => Promise.reject(error) };
  }
}

/** Once nothing of ours is left, a file that means what it meant at first is laid out as it was, too. */
function undone(
  before: FileSnapshot,
  edits: readonly RecordedEdit[],
  { path, state, uid, isWanted }: Undoing,
): UndoneFile {
  const result = undoEdits(before.text, edits, path, isWanted);
  const original = readBackup(state, path, uid);
  if (result.rest.length > 0 || result.text === null || original === null) return result;
  const isIt = result.changes.length > 0 && meansTheSame(kindOf(edits), result.text, original);
  return isIt ? { ...result, text: original } : result;
}

function kindOf(edits: readonly RecordedEdit[]): FileKind {
  const steps = edits.flatMap((edit) => edit.steps);
  if (steps.some(({ kind }) => kind === 'binding')) return 'config';
  return steps.some((step) => step.kind === 'login' && step.legacy) ? 'dockercfg' : 'engine';
}

function applyUndo(undoing: Undoing, noteRemoval: () => void): Promise<readonly string[]> {
  const { path, state, uid } = undoing;
  return whileEditing(path, { state, uid }, async () => {
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
      const record = readEditRecord(state, uid);
      const edits = editsOf(record, path);
      const before = await readEngineFile(path);
      const { text, changes, rest } = undone(before, edits, undoing);
      if (!(await makeSo(before, text, edits, uid))) continue;
      if (text === null && before.text !== null) noteRemoval();
      await writeEditRecord(state, withEditsOf(record, path, rest), uid);
      if (rest.length === 0) await removeBackup(state, path);
      return changes;
    }
    throw busyFile(path);
  });
}

async function makeSo(
  before: FileSnapshot,
  text: string | null,
  edits: readonly RecordedEdit[],
  uid: number | undefined,
): Promise<boolean> {
  if (text === before.text) return true;
  await refuseUnwritable(before, uid);
  if (text !== null) return writeEngineFile(before, text);
  return removeEngineFile(before, edits[0]?.directories ?? []);
}
