import { resolve } from 'node:path';
import { foreseenObstacle, type Obstacle, whyNotPrivate } from '../../files/why-not-private.ts';
import { AppError } from '../../hosts/reason.ts';
import type { EngineEnvironment } from '../config-files/engine-files.ts';
import {
  type EditStep,
  readEditRecord,
  recordFile,
  textMark,
  withFile,
  writeEditRecord,
} from './edit-record.ts';

/** Who writes, and what is kept of it. */
export interface Writer extends Keeping {
  /** The effective user id; undefined on Windows. */
  readonly uid: number | undefined;
  /** Whether what it takes to undo the edit is kept. */
  readonly keeps: 'record' | 'nothing';
  /** The permission bits that the file gets; undefined: those it has, 0600 for a new one. */
  readonly mode?: number;
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
  if (keeps === 'nothing') return nothing;
  // Of a variable such as DOCKER_CONFIG, which may be relative: undone from anywhere.
  const path = resolve(edit.path);
  const state = stateFor(path, writer);
  const forget = state === null ? undefined : await recordEdit(path, edit, state, uid);
  if (forget !== undefined) return { lacking: undefined, forget };
  if (edit.steps.some(takesSecret))
    throw noCopy(path, state === null ? undefined : await whyNotPrivate(recordFile(state), uid));
  return { ...nothing, lacking: 'setup --undo will not know of it: no record of it could be written' };
}

/**
 * Foresees whether `keepEdit` is going to refuse an edit; writes nothing.
 * @throws AppError `no-copy`
 */
export async function refuseWithoutCopy(
  edit: Pick<IntendedEdit, 'path' | 'steps'>,
  writer: Writer,
): Promise<void> {
  if (writer.keeps !== 'record' || !edit.steps.some(takesSecret)) return;
  const path = resolve(edit.path);
  const state = stateFor(path, writer);
  if (state === null) throw noCopy(path, undefined);
  const obstacle = (await foreseenObstacle(recordFile(state), writer.uid)) ?? brokenRecord(state, writer.uid);
  if (obstacle !== undefined) throw noCopy(path, obstacle);
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
  const there = record.files.find((file) => file.path === path);
  const last = there?.edits.at(-1);
  // One that this program was killed before making.
  const wasNeverMade = last?.before === textMark(before) && last.after !== last.before;
  const earlier = wasNeverMade ? there?.edits.slice(0, -1) : there?.edits;
  const file = earlier?.length ? { directories, ...there } : { original: before, directories };
  const recorded = { ...file, path, edits: earlier ?? [] };
  const edits = [...recorded.edits, { before: textMark(before), after: textMark(after), steps }];
  if (!(await writeEditRecord(state, withFile(record, { ...recorded, edits }), uid))) return undefined;
  return async () => {
    await writeEditRecord(state, withFile(record, recorded), uid);
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

/** Whether a step takes a secret out of its file: an entry is empty where docker left it beside a `credsStore`. */
function takesSecret(step: EditStep): boolean {
  return step.kind === 'login' && !/^\s*(?:\{\s*\}|null)\s*$/.test(step.json);
}

/** A directory whose files are gone after the session, or at the next boot. */
export interface VolatilePlace {
  readonly root: string;
  /** Our own directory in it: what is kept of its files is to be gone with them. */
  readonly state: string;
}

const NAME = 'docker-credential-openshift';

/** Where this user's files are that never reach a disk (systemd's pam_systemd; podman, without `XDG_RUNTIME_DIR`). */
export function volatilePlaces({ platform, env, uid }: EngineEnvironment): readonly VolatilePlace[] {
  if (uid === undefined || platform === 'win32' || platform === 'darwin') return [];
  const session = env.XDG_RUNTIME_DIR ?? '';
  const roots = session.startsWith('/') ? [session.replace(/(?<!\/)\/+$/, '')] : [];
  roots.push(`/run/user/${uid}`, `/run/containers/${uid}`);
  const places = [...new Set(roots)].map((root) => ({ root, state: `${root}/${NAME}` }));
  return [...places, { root: '/dev/shm', state: `/dev/shm/${NAME}-${uid}` }];
}

/** Where things are kept: our state directory, and what is to be used in its stead for files that do not last. */
export interface Keeping {
  /** Null: there is no private place, so that nothing is kept and nothing locked. */
  readonly state: string | null;
  readonly volatile?: readonly VolatilePlace[];
}

/** @returns the directory of ours for what is kept of a file; null: there is none */
export function stateFor(path: string, { state, volatile = [] }: Keeping): string | null {
  const absolute = resolve(path);
  const isIn = (place: string | null, root: string) => place?.startsWith(`${root}/`) === true;
  // Where all of ours is volatile, nothing is gained by another place.
  const found = volatile.find(({ root }) => isIn(absolute, root) && !isIn(state, root));
  return found?.state ?? state;
}

/** @returns every directory of ours in which something may be kept of an engine's file */
export function allStates({ state, volatile = [] }: Keeping): readonly string[] {
  return [...new Set([...(state === null ? [] : [state]), ...volatile.map((place) => place.state)])];
}
