import { refuseUnwritable } from '../../files/text-file.ts';
import { AppError } from '../../hosts/reason.ts';
import { engineNamesOf } from '../../registry/engine-names.ts';
import { normaliseRegistryHost } from '../../registry/registry-host.ts';
import {
  type FileSnapshot,
  readEngineFile,
  removeEngineFile,
  writeEngineFile,
} from '../config-files/engine-file-on-disk.ts';
import { membersOf, parseJsonObject } from '../config-files/json-fields.ts';
import { type FileLogin, loginAsMeant, loginInEntry } from '../config-files/login-in-entry.ts';
import { type FileEdit, type FileKind, shownAs, untilMade, whileEditing } from './apply-engine-edit.ts';
import {
  type LoginStep,
  type RecordedFile,
  readEditRecord,
  withFile,
  writeEditRecord,
} from './edit-record.ts';
import { allStates, type Writer } from './keep-edit.ts';
import { diffText } from './show-edit.ts';
import { undoEdits, type Wanted } from './undo-edits.ts';

/** A planned undoing of one file's edits. */
export interface UndoEdit extends FileEdit {
  /** What stays, since others changed it, or is of no use any more, in sentences. */
  readonly left: readonly string[];
  /** Why nothing of this file can be taken back; the others can. `apply` throws it. */
  readonly fault?: AppError;
}

type Undoer = Pick<Writer, 'uid' | 'state' | 'volatile'>;

/** Whose edits of which file, and where they are recorded. */
interface Undoing extends Wanted {
  readonly path: string;
  readonly state: string;
  readonly uid: number | undefined;
}

/**
 * Plans that all that was recorded is taken back, the file that was changed last first. Writes nothing.
 * @param hosts whose: only what was done for these; undefined: everything. As they were set up, `HOST:443` besides.
 * @param isDead whether a login that was removed has expired or was revoked since: it is not put back
 * @returns an edit for each file that is in the record; `apply` takes the file out of it, too, also where nothing of it
 *   is left to change
 * @throws AppError if the record is broken
 */
export async function planUndo(
  undoer: Undoer,
  hosts?: readonly string[],
  isDead: (login: FileLogin) => Promise<boolean> = async () => false,
): Promise<readonly UndoEdit[]> {
  const { uid } = undoer;
  const names = hosts === undefined ? undefined : new Set(hosts.flatMap(engineNamesOf));
  const isWanted = (host: string) => names?.has(host.toLowerCase()) ?? true;
  const planned: UndoEdit[] = [];
  for (const state of allStates(undoer)) {
    const { files } = readEditRecord(state, uid);
    for (const { path, edits } of files.toReversed()) {
      if (edits.every(({ steps }) => steps.length > 0 && !steps.some(({ host }) => isWanted(host)))) continue;
      const dead = new Set<string>();
      for (const step of edits.flatMap(({ steps }) => steps)) {
        if (step.kind !== 'login' || !isWanted(step.host)) continue;
        const login = loginOf(step);
        if (login === undefined) continue;
        const isCutWrong = loginAsMeant(login).flaw !== undefined;
        if (isCutWrong || (await isDead(login))) dead.add(step.json);
      }
      planned.push(await planOne({ path, state, uid, isWanted, isDead: ({ json }) => dead.has(json) }));
    }
  }
  return planned;
}

function loginOf({ key, json }: LoginStep): FileLogin | undefined {
  const [entry] = membersOf(parseJsonObject(`{"":${json}}`, key));
  const login = entry === undefined ? undefined : loginInEntry(entry.value);
  const host = normaliseRegistryHost(key);
  if (login === undefined || login === 'broken' || host === null) return undefined;
  return { host, username: login.username ?? '', secret: login.secret };
}

async function planOne(undoing: Undoing): Promise<UndoEdit> {
  const { path, uid, state } = undoing;
  try {
    const file = fileIn(state, path, uid);
    const before = await readEngineFile(path);
    const { text, changes, left } = undoEdits(before.text, file, undoing);
    if (text !== before.text) await refuseUnwritable(before, uid);
    const diff = diffText(path, before.text, text, shownAs(kindOf(file)));
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

function fileIn(state: string, path: string, uid: number | undefined): RecordedFile {
  const file = readEditRecord(state, uid).files.find((one) => one.path === path);
  return file ?? { path, directories: [], edits: [] };
}

function kindOf({ edits }: RecordedFile): FileKind {
  return edits.some(({ steps }) => steps.some(({ kind }) => kind === 'binding')) ? 'config' : 'engine';
}

function applyUndo(undoing: Undoing, noteRemoval: () => void): Promise<readonly string[]> {
  const { path, state, uid } = undoing;
  const undoOnce = async (): Promise<readonly string[] | undefined> => {
    const file = fileIn(state, path, uid);
    const before = await readEngineFile(path);
    const { text, changes, rest } = undoEdits(before.text, file, undoing);
    if (!(await makeSo(before, text, file, uid))) return undefined;
    if (text === null && before.text !== null) noteRemoval();
    await writeEditRecord(state, withFile(readEditRecord(state, uid), { ...file, edits: rest }), uid);
    return changes;
  };
  return whileEditing(path, { state, uid }, () => untilMade(path, undoOnce));
}

async function makeSo(
  before: FileSnapshot,
  text: string | null,
  { directories }: RecordedFile,
  uid: number | undefined,
): Promise<boolean> {
  if (text === before.text) return true;
  await refuseUnwritable(before, uid);
  return text === null ? removeEngineFile(before, directories) : writeEngineFile(before, text);
}
