import { stateDirectory } from '../../files/directories.ts';
import { withLock } from '../../files/lock.ts';
import { refuseUnwritable } from '../../files/text-file.ts';
import { AppError } from '../../hosts/reason.ts';
import {
  type FileSnapshot,
  missingDirectories,
  readEngineFile,
  writeEngineFile,
} from '../config-files/engine-file-on-disk.ts';
import type { EngineEnvironment } from '../config-files/engine-files.ts';
import {
  type IntendedEdit,
  type KeptEdit,
  keepEdit,
  refuseWithoutCopy,
  stateFor,
  volatilePlaces,
  type Writer,
} from './keep-edit.ts';
import type { EnginePlan } from './plan-engine-edit.ts';
import { diffText, redactEngineText } from './show-edit.ts';

/** From a file's text (null: no file) to what it should be. Pure: it is asked again if the file changed. */
export type PlanText = (text: string | null) => EnginePlan;

/** What an edit would make of a file. */
export interface Preview {
  readonly before: string | null;
  readonly after: string | null;
  readonly changes: readonly string[];
}

/** A planned edit of one file. */
export interface FileEdit {
  readonly path: string;
  /** What will change, in sentences without secrets; none: the file is right already. */
  readonly changes: readonly string[];
  /** The same as `diff -u` would show it, a line each, with secrets blacked out. */
  readonly diff: readonly string[];
  /** Makes the edit; the file is read and planned anew. @returns what it did, in sentences. Throws an AppError. */
  apply(): Promise<readonly string[]>;
  /** Whether `apply` removed the file; without it, it never does. */
  isRemoved?(): boolean;
}

/** Whose syntax a file has: an engine's, or that of our own config, in which no secret is. */
export type FileKind = 'engine' | 'config';

const MOST_ATTEMPTS = 5;
const LOCK_WAIT_MS = 10_000;

/** @returns who writes in this environment; the files and our state directory are the same person's */
export function writerOf(environment: EngineEnvironment, keeps: Writer['keeps']): Writer {
  const volatile = volatilePlaces(environment);
  return { uid: environment.uid, state: stateDirectory(environment), volatile, keeps };
}

/** @returns what makes a file of this kind fit to be shown */
export function shownAs(kind: FileKind): (text: string) => string {
  return kind === 'config' ? (text) => text : redactEngineText;
}

/**
 * @returns the edit, planned and not made
 * @throws every AppError that can be foreseen
 */
export async function fileEdit(
  path: string,
  kind: FileKind,
  plan: PlanText,
  writer: Writer,
): Promise<FileEdit> {
  const { before, after, changes } = await previewEngineEdit(path, plan, writer);
  const diff = diffText(path, before, after, shownAs(kind));
  return { path, changes, diff, apply: () => applyEngineEdit(path, plan, writer) };
}

/**
 * Runs an action while no other process of ours edits files of engines, ours or the record of that.
 * @param path the file it is about
 * @throws AppError if another one is at it for too long; what the action throws
 */
export async function whileEditing<T>(
  path: string,
  { state, uid }: { readonly state: string | null; readonly uid: number | undefined },
  action: () => Promise<T>,
): Promise<T> {
  const lock = state === null ? null : `${state}/edits`;
  const done = await withLock(lock, LOCK_WAIT_MS, uid, async () => ({ result: await action() }));
  if (done !== undefined) return done.result;
  throw new AppError({
    code: 'engine-file-busy',
    message: `${path} is being edited by another docker-credential-openshift, which does not finish`,
    fix: { do: 'Run this again when the other one is done.' },
  });
}

/**
 * What `applyEngineEdit` would change in the file at `path`; writes nothing.
 * Throws every AppError that can be foreseen.
 */
export async function previewEngineEdit(path: string, plan: PlanText, writer: Writer): Promise<Preview> {
  const { before, planned } = await readAndPlan(path, plan);
  if (wouldWrite(before, planned, writer.mode)) await refuse(before, planned, writer);
  return { before: before.text, after: planned.text, changes: planned.changes };
}

/**
 * Edits the config file at `path`: reads it, plans, keeps what `writer.keeps`, and replaces the file atomically, keeping
 * mode, owner and symlinks (a new file is 0600, new directories 0700). Processes of ours do so one after another. No
 * engine locks these files, so it looks again just before the rename and plans anew if the file changed meanwhile.
 * Writes nothing if nothing changes. Returns what it changed, in sentences. Throws an AppError; the file is then as it
 * was.
 */
export async function applyEngineEdit(
  path: string,
  plan: PlanText,
  writer: Writer,
): Promise<readonly string[]> {
  const { before, planned } = await readAndPlan(path, plan);
  if (!wouldWrite(before, planned, writer.mode)) return planned.changes;
  // Not in the lock yet: for this, nothing need be made anywhere.
  await refuse(before, planned, writer);
  const { uid } = writer;
  return whileEditing(path, { state: stateFor(path, writer), uid }, () =>
    untilMade(path, () => editOnce(path, plan, writer)),
  );
}

async function refuse(before: FileSnapshot, { steps = [] }: EnginePlan, writer: Writer): Promise<void> {
  await refuseUnwritable(before, writer.uid);
  await refuseWithoutCopy({ path: before.path, steps }, writer);
}

/** @returns what was done, in sentences; undefined: nothing, since another program changed the file meanwhile */
async function editOnce(
  path: string,
  plan: PlanText,
  writer: Writer,
): Promise<readonly string[] | undefined> {
  const { before, planned } = await readAndPlan(path, plan);
  const { text: after, steps = [] } = planned;
  if (!wouldWrite(before, planned, writer.mode) || after === null) return planned.changes;
  await refuseUnwritable(before, writer.uid);
  const directories = await missingDirectories(before.target);
  const intended = { path, before: before.text, after, steps, directories };
  const made = await writeKept(before, intended, writer);
  if (made === undefined) return undefined;
  return [
    ...planned.changes,
    ...(isOpener(before, writer.mode) ? [`made it private: its mode was ${before.mode?.toString(8)}`] : []),
    ...(made.lacking === undefined ? [] : [made.lacking]),
  ];
}

/**
 * Tries to edit a file until no other program changes it meanwhile.
 * @param attempt undefined: one did
 * @throws AppError if another program writes it all the time; what the attempt throws
 */
export async function untilMade<T>(path: string, attempt: () => Promise<T | undefined>): Promise<T> {
  for (let left = MOST_ATTEMPTS; left > 0; left--) {
    const made = await attempt();
    if (made !== undefined) return made;
  }
  throw new AppError({
    code: 'engine-file-busy',
    message: `${path} was changed by another program again and again; it is left as that program wrote it`,
    fix: { do: 'Run this again when no docker or podman login is going on.' },
  });
}

/** @returns what was kept of the edit; undefined: it was not made, since another program changed the file meanwhile */
async function writeKept(
  before: FileSnapshot,
  edit: IntendedEdit,
  writer: Writer,
): Promise<KeptEdit | undefined> {
  const kept = await keepEdit(edit, writer);
  let isMade = false;
  try {
    isMade = await writeEngineFile(before, edit.after, writer.mode);
  } finally {
    if (!isMade) await kept.forget();
  }
  return isMade ? kept : undefined;
}

async function readAndPlan(
  path: string,
  plan: PlanText,
): Promise<{ before: FileSnapshot; planned: EnginePlan }> {
  const before = await readEngineFile(path);
  return { before, planned: plan(before.text) };
}

function wouldWrite(before: FileSnapshot, planned: EnginePlan, mode: number | undefined): boolean {
  return planned.text !== null && (planned.text !== before.text || isOpener(before, mode));
}

/** Whether the file, if there is one, is open to more than it should be. */
function isOpener(before: FileSnapshot, mode: number | undefined): boolean {
  return mode !== undefined && ((before.mode ?? 0) & ~mode) !== 0;
}
