import { rmdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { lock as takeLock } from 'proper-lockfile';
import { forgetHolder, holderState, noteHolder } from './lock-holder.ts';
import { ensurePrivateDirectory } from './private-directory.ts';

/** A lock that its holder did not confirm for this long is taken over, if the holder is not seen to run … */
const STALE_MS = 2000;
/** … and if it is: on a busy machine it may not have come to confirm it, and one that was stopped never will. */
const STALE_THOUGH_ALIVE_MS = 15_000;
const CONFIRM_MS = 1000;
const LOOK_AGAIN_MS = 40;

/**
 * Runs an action while no other process of this machine runs one under the same lock.
 * @param path of the lock, below a directory of ours; null: there is no place for locks, and the action just runs
 * @param waitMs how long to wait for it
 * @param meanwhile looks whether another process has done already what is waited for: asked before each try, so that of many
 *   who wait none has to get the lock only to see that
 * @returns what the action or `meanwhile` returned; undefined if the lock was not to be had in time
 */
export async function withLock<T>(
  path: string | null,
  waitMs: number,
  uid: number | undefined,
  action: () => Promise<T>,
  meanwhile: () => T | undefined = () => undefined,
): Promise<T | undefined> {
  if (path === null || !(await ensurePrivateDirectory(dirname(path), uid))) return action();
  const untilMs = performance.now() + waitMs;
  for (;;) {
    // What is stale is taken over below, by one process at a time: of two that look at once, the library lets the
    // second remove the lock that the first has just made.
    const held = await tryLock(path, Number.POSITIVE_INFINITY);
    if (held === 'no place') return action();
    if (held !== 'busy') return runHolding(held, path, action);
    if (await removeAbandoned(path, uid)) continue;
    if (performance.now() + LOOK_AGAIN_MS > untilMs) return undefined;
    await pause(LOOK_AGAIN_MS);
    const result = meanwhile();
    if (result !== undefined) return result;
  }
}

interface Held {
  release(): Promise<void>;
}

async function tryLock(path: string, stale: number): Promise<Held | 'busy' | 'no place'> {
  try {
    const release = await takeLock(path, {
      realpath: false,
      stale,
      update: CONFIRM_MS,
      // After a suspend another process may have taken the lock over: then two run, which costs a token and no more.
      onCompromised: () => {},
    });
    return {
      release: () =>
        release().catch(() => {
          // Taken over by another, or removed: it is not ours to release any more.
        }),
    };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code === 'ELOCKED') return 'busy';
    // No space for it, or read-only meanwhile: better twice than not at all.
    if (['ENOSPC', 'EROFS', 'EACCES', 'ENOENT'].includes(code)) return 'no place';
    throw error;
  }
}

async function runHolding<T>(held: Held, path: string, action: () => Promise<T>): Promise<T> {
  const directory = lockDirectory(path);
  try {
    await noteHolder(directory).catch(() => {
      // No space: should this process be killed, the others wait until the lock is stale.
    });
    return await action();
  } finally {
    await forgetHolder(directory).catch(() => {
      // Read-only meanwhile: it names this lock alone, and no later one.
    });
    await held.release();
  }
}

/** @returns whether a lock was there that nobody holds any more, and is gone now */
async function removeAbandoned(path: string, uid: number | undefined): Promise<boolean> {
  if (!(await isAbandoned(path, uid))) return false;
  const guard = await tryLock(`${path}.takeover`, STALE_MS);
  if (typeof guard === 'string') return false;
  try {
    // Whoever was here before may have removed it: what is there now is another's.
    if (!(await isAbandoned(path, uid))) return false;
    // First its holder's file: once the lock is gone, the next holder writes its own there.
    await forgetHolder(lockDirectory(path)).catch(() => {
      // Something else lies there: it names no lock, and is no reason to leave this one.
    });
    await rmdir(lockDirectory(path));
    return true;
  } catch (error) {
    // ENOENT: its holder, who was only slow, has given it back. Anything else: it can't be taken over.
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  } finally {
    await guard.release();
  }
}

async function isAbandoned(path: string, uid: number | undefined): Promise<boolean> {
  const directory = lockDirectory(path);
  const holder = await holderState(directory, uid);
  return holder === 'dead' || isStale(directory, holder === 'alive' ? STALE_THOUGH_ALIVE_MS : STALE_MS);
}

async function isStale(directory: string, afterMs: number): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(directory);
    // From the future: the clock was set back since, and its holder does not confirm it.
    return Math.abs(Date.now() - mtimeMs) > afterMs;
  } catch {
    // It was given back.
    return false;
  }
}

/** Where proper-lockfile makes the directory that is the lock. */
function lockDirectory(path: string): string {
  return `${path}.lock`;
}
