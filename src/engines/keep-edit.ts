import { resolve } from 'node:path';
import { AppError } from '../credential/app-error.ts';
import { stateDirectory } from '../storage/directories.ts';
import { backUpFile } from './back-up-file.ts';
import {
  editsOf,
  readEditRecord,
  recordedEdit,
  textMark,
  withEditsOf,
  writeEditRecord,
} from './edit-record.ts';
import type { EditStep } from './edit-steps.ts';
import type { EngineEnvironment } from './engine-files.ts';

/** Who writes, and what is kept of it. */
export interface Writer {
  /** The effective user id; undefined on Windows. */
  readonly uid: number | undefined;
  /** Our state directory; null: there is no private place, so that nothing is kept and nothing locked. */
  readonly state: string | null;
  /** `record`: a backup, and what it takes to undo the edit; `backup`: the first original; `nothing`. */
  readonly keeps: 'record' | 'backup' | 'nothing';
  /** The permission bits that the file gets; undefined: those it has, 0600 for a new one. */
  readonly mode?: number;
}

/** @returns who writes in this environment; the files and our state directory are the same person's */
export function writerOf(environment: EngineEnvironment, keeps: Writer['keeps']): Writer {
  return { uid: environment.uid, state: stateDirectory(environment), keeps };
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
  /** False: it was to be recorded and could not be. */
  readonly canBeUndone: boolean;
  /** Forgets the edit, which was not made after all. */
  forget(): Promise<void>;
}

/**
 * Keeps what it takes to undo an edit that is about to be made, on the disk. Where there is no place for it the edit is
 * made all the same. To be called under the lock of the edits.
 */
export async function keepEdit(edit: IntendedEdit, { uid, state, keeps }: Writer): Promise<KeptEdit> {
  const nothing = { canBeUndone: keeps !== 'record', forget: async () => {} };
  if (state === null || keeps === 'nothing') return nothing;
  // Of a variable such as DOCKER_CONFIG, which may be relative: undone from anywhere.
  const path = resolve(edit.path);
  if (edit.before !== null) await backUpFile(state, path, edit.before, uid);
  if (keeps === 'backup') return nothing;
  try {
    const record = readEditRecord(state, uid);
    const edits = editsOf(record, path);
    const last = edits.at(-1);
    // One that this program was killed before making.
    const wasNeverMade = last?.before === textMark(edit.before) && last.after !== last.before;
    const earlier = wasNeverMade ? edits.slice(0, -1) : edits;
    const made = recordedEdit(edit.before, edit.after, edit.steps, edit.directories);
    const canBeUndone = await writeEditRecord(state, withEditsOf(record, path, [...earlier, made]), uid);
    const forget = async () => {
      await writeEditRecord(state, withEditsOf(record, path, earlier), uid);
    };
    return { canBeUndone, forget };
  } catch (error) {
    // A record that is broken stays for whoever can read it.
    if (!(error instanceof AppError)) throw error;
    return nothing;
  }
}
