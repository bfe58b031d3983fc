import { dirname } from 'node:path';
import { lock as takeLock } from 'proper-lockfile';
import { ensurePrivateDirectory } from './private-directory.ts';

/** A lock whose holder was killed is taken over after this long: the shortest that the library allows. */
const STALE_MS = 2000;
const LOOK_AGAIN_MS = 40;

/**
 * Runs an action while no other process of this machine runs one under the same lock.
 * @param path of the lock, below a directory of ours; null: there is no place for locks, and the action just runs
 * @param waitMs how long to wait for it
 * @returns what the action returned; undefined if the lock was not to be had in time
 */
export async function withLock<T>(
  path: string | null,
  waitMs: number,
  uid: number | undefined,
  action: () => Promise<T>,
): Promise<T | undefined> {
  if (path === null || !(await ensurePrivateDirectory(dirname(path), uid))) return action();
  let release: () => Promise<void>;
  try {
    release = await takeLock(path, {
      realpath: false,
      stale: STALE_MS,
      update: STALE_MS / 2,
      retries: { retries: Math.floor(waitMs / LOOK_AGAIN_MS), minTimeout: LOOK_AGAIN_MS, factor: 1 },
      // After a suspend another process may have taken the lock over: then two run, which costs a token and no more.
      onCompromised: () => {},
    });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    // Held by another for all of the time.
    if (code === 'ELOCKED') return undefined;
    // No space for it, or read-only meanwhile: better twice than not at all.
    if (code === 'ENOSPC' || code === 'EROFS' || code === 'EACCES' || code === 'ENOENT') return action();
    throw error;
  }
  try {
    return await action();
  } finally {
    await release().catch(() => {
      // Taken over by another, or removed: it is not ours to release any more.
    });
  }
}
