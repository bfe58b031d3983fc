import { resolve } from 'node:path';
import { stateDirectory } from '../../files/directories.ts';
import { foreseenObstacle, type Obstacle, whyNotPrivate } from '../../files/why-not-private.ts';
import { AppError } from '../../hosts/reason.ts';
import type { EngineEnvironment } from '../config-files/engine-files.ts';
import { type Keeping, stateFor, volatilePlaces } from '../config-files/volatile-places.ts';
import { backUpFile, backupFile, readBackup } from './back-up-file.ts';
import {
  editsOf,
  readEditRecord,
  recordedEdit,
  recordFile,
  textMark,
  withEditsOf,
  writeEditRecord,
} from './edit-record.ts';
import { type EditStep, takesSecret } from './edit-steps.ts';

/** Who writes, and what is kept of it. */
export interface Writer extends Keeping {
  /** The effective user id; undefined on Windows. */
  readonly uid: number | undefined;
  /**
   * `record`: what it takes to undo the edit, and the file as it was before this program first changed it;
   * `first-original`: the latter alone; `nothing`.
   */
  readonly keeps: 'record' | 'first-original' | 'nothing';
  /** The permission bits that the file gets; undefined: those it has, 0600 for a new one. */
  readonly mode?: number;
}

/** @returns who writes in this environment; the files and our state directory are the same person's */
export function writerOf(environment: EngineEnvironment, keeps: Writer['keeps']): Writer {
  const volatile = volatilePlaces(environment);
  return { uid: environment.uid, state: stateDirectory(environment), volatile, keeps };
}

/** An edit that is about to be made. */
export interface IntendedEdit {
  readonly path: string;
  readonly before: string | null;
  readonly after: string;
  readonly steps: readonly EditStep[];
  /** Directories that will be made for it, innermost first. */
  readonly directories: readonly string[];
}

/** What was kept of an edit. */
export interface KeptEdit {
  /** What `--undo` will not know, in a sentence; undefined: nothing that was to be kept could not be. */
  readonly lacking: string | undefined;
  /** Forgets the edit, which was not made after all. */
  forget(): Promise<void>;
}

/**
 * Keeps what it takes to undo an edit that is about to be made, on the disk. Where there is no place for it the edit is
 * made all the same, unless it would take a login from its file of which there is no copy then. To be called under the
 * lock of the edits.
 * @throws AppError `no-copy` for that login
 */
export async function keepEdit(edit: IntendedEdit, writer: Writer): Promise<KeptEdit> {
  const { uid, keeps } = writer;
  const nothing = { lacking: undefined, forget: async () => {} };
  // Of a variable such as DOCKER_CONFIG, which may be relative: undone from anywhere.
  const path = resolve(edit.path);
  const state = stateFor(path, writer);
  if (keeps === 'nothing' || (keeps === 'first-original' && state === null)) return nothing;
  const { before } = edit;
  if (state !== null && before !== null) await backUpFile(state, path, before, uid);
  if (keeps === 'first-original') return nothing;
  const forget = state === null ? undefined : await recordEdit(path, edit, state, uid);
  if (forget !== undefined) return { lacking: undefined, forget };
  const lacking = 'setup --undo will not know of it: no record of it could be written';
  if (state !== null && before !== null && readBackup(state, path, uid) === before)
    return { ...nothing, lacking: `${lacking}; the file as it was is in ${backupFile(state, path)}` };
  if (edit.steps.some(takesSecret))
    throw noCopy(path, state === null ? undefined : await whyNotPrivate(recordFile(state), uid));
  return { ...nothing, lacking };
}

/**
 * Foresees whether `keepEdit` is going to refuse an edit; writes nothing.
 * @throws AppError `no-copy`
 */
export async function refuseWithoutCopy(
  edit: Pick<IntendedEdit, 'path' | 'before' | 'steps'>,
  writer: Writer,
): Promise<void> {
  if (writer.keeps !== 'record' || !edit.steps.some(takesSecret)) return;
  const path = resolve(edit.path);
  const state = stateFor(path, writer);
  if (state === null) throw noCopy(path, undefined);
  const { uid } = writer;
  const atRecord = (await foreseenObstacle(recordFile(state), uid)) ?? brokenRecord(state, uid);
  if (atRecord === undefined) return;
  const backup = readBackup(state, path, uid);
  const atBackup = await foreseenObstacle(backupFile(state, path), uid);
  if (backup === edit.before || (backup === null && atBackup === undefined)) return;
  throw noCopy(path, atRecord);
}

function noCopy(path: string, obstacle: Obstacle | undefined): AppError {
  const why = obstacle?.message ?? 'there is no private place for one';
  return new AppError({
    code: 'no-copy',
    message: `${path} holds a stored login that would go, and no copy of it can be kept for setup --undo: ${why}`,
    fix: obstacle?.fix ?? { do: 'Set HOME or XDG_STATE_HOME.' },
  });
}

/** @returns what forgets the edit again; undefined: it could not be recorded */
async function recordEdit(
  path: string,
  { before, after, steps, directories }: IntendedEdit,
  state: string,
  uid: number | undefined,
): Promise<(() => Promise<void>) | undefined> {
  if (brokenRecord(state, uid) !== undefined) return undefined;
  const record = readEditRecord(state, uid);
  const edits = editsOf(record, path);
  const last = edits.at(-1);
  // One that this program was killed before making.
  const wasNeverMade = last?.before === textMark(before) && last.after !== last.before;
  const earlier = wasNeverMade ? edits.slice(0, -1) : edits;
  const made = recordedEdit(before, after, steps, directories);
  if (!(await writeEditRecord(state, withEditsOf(record, path, [...earlier, made]), uid))) return undefined;
  return async () => {
    await writeEditRecord(state, withEditsOf(record, path, earlier), uid);
  };
}

/** A record that is broken stays for whoever can read it. */
function brokenRecord(state: string, uid: number | undefined): Obstacle | undefined {
  try {
    readEditRecord(state, uid);
    return undefined;
  } catch (error) {
    // Why it can't be read is told where a copy would be lost for it.
    if (!(error instanceof AppError)) throw error;
    return { message: error.message, fix: error.fix };
  }
}
