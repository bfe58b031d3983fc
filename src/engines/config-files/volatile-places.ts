import { resolve } from 'node:path';
import type { EngineEnvironment } from './engine-files.ts';

/** A directory whose files are gone after the session, or at the next boot. */
export interface VolatilePlace {
  readonly root: string;
  /** Our own directory in it: what is kept of its files is to be gone with them. */
  readonly state: string;
}

const NAME = 'docker-credential-openshift';

/** Where this user's files are that never reach a disk (systemd's pam_systemd; podman, without `XDG_RUNTIME_DIR`). */
export function volatilePlaces({ platform, env, uid }: EngineEnvironment): readonly VolatilePlace[] {
  if (platform === 'win32' || platform === 'darwin') return [];
  const session = env.XDG_RUNTIME_DIR ?? '';
  const roots = session.startsWith('/') ? [session.replace(/(?<!\/)\/+$/, '')] : [];
  if (uid !== undefined) roots.push(`/run/user/${uid}`, `/run/containers/${uid}`);
  const places = [...new Set(roots)].map((root) => ({ root, state: `${root}/${NAME}` }));
  return uid === undefined ? places : [...places, { root: '/dev/shm', state: `/dev/shm/${NAME}-${uid}` }];
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
