import { readFileSync, readlinkSync } from 'node:fs';
import { open, rm, stat, unlink, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '../hosts/reason.ts';
import { readPrivateFile } from './hot-files.ts';
import { ensurePrivateDirectory } from './private-directory.ts';

/** A lock that its holder did not confirm for this long is taken over, if the holder is not seen to run … */
const STALE_MS = 2000;
/** … and if it is: on a busy machine it may not have come to confirm it, and one that was stopped never will. */
const STALE_THOUGH_ALIVE_MS = 15_000;
const CONFIRM_MS = 1000;
const LOOK_AGAIN_MS = 40;

/** What is written into a lock: who holds it. One who was killed can't give it back. */
interface Holder {
  readonly pid: number;
  /** Where that number means a process. */
  readonly place: string | undefined;
  /** This very lock: the next one lies at the same path. */
  readonly id: string;
}

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
  const lock = `${path}.lock`;
  const untilMs = performance.now() + waitMs;
  for (;;) {
    const holder = await tryLock(lock).catch((error: NodeJS.ErrnoException) => {
      // No space for it, or read-only meanwhile: better twice than not at all.
      if (!['ENOSPC', 'EROFS', 'EACCES', 'ENOENT'].includes(error.code ?? '')) throw error;
      return 'no place' as const;
    });
    if (holder === 'no place') return action();
    if (holder !== undefined) return holding(lock, holder, uid, action);
    if (await removeAbandoned(lock, () => isAbandoned(lock, uid))) continue;
    if (performance.now() + LOOK_AGAIN_MS > untilMs) return undefined;
    await pause(LOOK_AGAIN_MS);
    const result = meanwhile();
    if (result !== undefined) return result;
  }
}

/**
 * Runs an action while no kubectl, oc or other process of ours changes these files. The lock is client-go's
 * (clientcmd/loader.go, `lockFile`): a `FILE.lock`, made exclusively. kubectl does not wait for it but fails, so it should be
 * held shortly. A lock that one of our processes left behind when it was killed is removed; whose another one is can't be
 * known, and it stays.
 * @param paths as kubectl knows them: their symbolic links are not followed. Their directories must be there
 * @param waitMs how long to wait for each
 * @throws AppError `file-locked`; errors of node:fs
 */
export function withLockFiles<T>(
  paths: readonly string[],
  waitMs: number,
  uid: number | undefined,
  action: () => Promise<T>,
): Promise<T> {
  // In kubectl's order: of two that need the same files, neither waits for what the other holds.
  const [path, ...others] = [...paths].sort();
  if (path === undefined) return action();
  return withLockFile(path, waitMs, uid, () => withLockFiles(others, waitMs, uid, action));
}

async function withLockFile<T>(
  path: string,
  waitMs: number,
  uid: number | undefined,
  action: () => Promise<T>,
): Promise<T> {
  const lock = `${path}.lock`;
  const untilMs = performance.now() + waitMs;
  for (;;) {
    const holder = await tryLock(lock);
    if (holder !== undefined) return holding(lock, holder, uid, action);
    if (await removeAbandoned(lock, async () => stateOf(readHolder(lock, uid)) === 'dead')) continue;
    if (performance.now() > untilMs) {
      throw new AppError({
        code: 'file-locked',
        message: `${path} is locked by another program, or by one that was killed: ${lock} is there`,
        fix: { do: `If no kubectl or oc is running: rm -f ${lock}` },
      });
    }
    await pause(LOOK_AGAIN_MS);
  }
}

/** @returns undefined: another has it. @throws errors of node:fs */
async function tryLock(lock: string): Promise<Holder | undefined> {
  try {
    const file = await open(lock, 'wx', 0o600);
    const holder = { pid: process.pid, place: pidPlace(), id: `${process.pid} ${Math.random()}` };
    try {
      await file.writeFile(JSON.stringify(holder));
    } catch {
      // No space: should this process be killed, the others wait until the lock is stale, or a person removes it.
    } finally {
      await file.close();
    }
    return holder;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Windows says EPERM while a lock is being removed.
    if (code !== 'EEXIST' && !(code === 'EPERM' && process.platform === 'win32')) throw error;
    return undefined;
  }
}

async function holding<T>(
  lock: string,
  { id }: Holder,
  uid: number | undefined,
  action: () => Promise<T>,
): Promise<T> {
  const isOurs = (): boolean => (readHolder(lock, uid)?.id ?? id) === id;
  const confirming = setInterval(() => {
    const now = Date.now() / 1000;
    // After a suspend another may have taken the lock over: then two run, which costs a token and no more.
    if (isOurs()) void utimes(lock, now, now).catch(() => {});
  }, CONFIRM_MS);
  confirming.unref();
  try {
    return await action();
  } finally {
    clearInterval(confirming);
    if (isOurs()) {
      await unlink(lock).catch(() => {
        // Removed by a person who took it for one that was left behind, or read-only meanwhile.
      });
    }
  }
}

/** By one process at a time: the second of two that look at once would remove the lock that the first has just made. */
async function removeAbandoned(lock: string, isAbandoned: () => Promise<boolean>): Promise<boolean> {
  if (!(await isAbandoned())) return false;
  const guard = `${lock}.takeover`;
  if (await isStale(guard, STALE_MS)) await rm(guard, { force: true });
  if ((await tryLock(guard)) === undefined) return false;
  try {
    // Whoever was here before may have removed it: what is there now is another's.
    if (!(await isAbandoned())) return false;
    await rm(lock, { force: true, recursive: true });
    return true;
  } finally {
    await rm(guard, { force: true });
  }
}

async function isAbandoned(lock: string, uid: number | undefined): Promise<boolean> {
  const state = stateOf(readHolder(lock, uid));
  return state === 'dead' || isStale(lock, state === 'alive' ? STALE_THOUGH_ALIVE_MS : STALE_MS);
}

async function isStale(lock: string, afterMs: number): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(lock);
    // From the future: the clock was set back since, and its holder does not confirm it.
    return Math.abs(Date.now() - mtimeMs) > afterMs;
  } catch {
    // It was given back.
    return false;
  }
}

/** @returns undefined: it is no lock of ours, was given back, or is being written just now */
function readHolder(lock: string, uid: number | undefined): Partial<Holder> | undefined {
  try {
    return JSON.parse(readPrivateFile(lock, uid, 4096) ?? '') as Partial<Holder>;
  } catch {
    // What is no JSON: kubectl's lock is empty.
    return undefined;
  }
}

/** What can be told of the process that holds a lock; `unknown`, too, for one on another machine. */
function stateOf(holder: Partial<Holder> | undefined): 'alive' | 'dead' | 'unknown' {
  const { pid, place } = holder ?? {};
  if (typeof pid !== 'number' || place === undefined || place !== pidPlace()) return 'unknown';
  try {
    process.kill(pid, 0);
    return 'alive';
  } catch (error) {
    // EPERM: it is another user's by now.
    return (error as NodeJS.ErrnoException).code === 'ESRCH' ? 'dead' : 'alive';
  }
}

/** A home may be shared by machines, and by containers with process numbers of their own. */
function pidPlace(): string | undefined {
  try {
    const boot = process.platform === 'linux' ? readFileSync('/proc/sys/kernel/random/boot_id', 'utf8') : '';
    const namespace = process.platform === 'linux' ? readlinkSync('/proc/self/ns/pid') : '';
    return [hostname(), boot.trim(), namespace].join(' ');
  } catch {
    // No /proc: there is no telling whose number it is.
    return undefined;
  }
}
