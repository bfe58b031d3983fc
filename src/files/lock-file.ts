import { open, unlink } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '../hosts/reason.ts';
import { forgetHolder, holderState, noteHolder } from './lock-holder.ts';

const LOOK_AGAIN_MS = 50;

/**
 * Runs an action while no kubectl, oc or other process of ours changes these files. The lock is client-go's
 * (clientcmd/loader.go, `lockFile`): an empty `FILE.lock`, made exclusively. kubectl does not wait for it but fails, so
 * it should be held shortly. A lock that one of our processes left behind when it was killed is removed; whose another
 * one is can't be known, and it stays.
 * @param paths as kubectl knows them: their symbolic links are not followed. Their directories must be there
 * @param waitMs how long to wait for each
 * @throws AppError `file-locked`; errors of node:fs
 */
export async function withLockFiles<T>(
  paths: readonly string[],
  waitMs: number,
  uid: number | undefined,
  action: () => Promise<T>,
): Promise<T> {
  const held: string[] = [];
  try {
    // In kubectl's order: of two that need the same files, neither waits for what the other holds.
    for (const path of [...paths].sort()) {
      const lock = `${path}.lock`;
      await take(path, lock, waitMs, uid);
      held.push(lock);
      await noteHolder(lock).catch(() => {
        // No space: should this process be killed, the lock stays until a person removes it.
      });
    }
    return await action();
  } finally {
    for (const lock of held.reverse()) {
      await forgetHolder(lock).catch(() => {
        // Read-only meanwhile: it names this very lock, and no later one.
      });
      await unlink(lock).catch(() => {
        // Removed by a person who took it for one that was left behind.
      });
    }
  }
}

async function take(path: string, lock: string, waitMs: number, uid: number | undefined): Promise<void> {
  for (let leftMs = waitMs; ; leftMs -= LOOK_AGAIN_MS) {
    try {
      const handle = await open(lock, 'wx', 0o600);
      await handle.close();
      return;
    } catch (error) {
      // Windows says EPERM while a lock is being removed.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    if ((await holderState(lock, uid)) === 'dead') {
      await forgetHolder(lock);
      await unlink(lock);
      continue;
    }
    if (leftMs <= 0) {
      throw new AppError({
        code: 'file-locked',
        message: `${path} is locked by another program, or by one that was killed: ${lock} is there`,
        fix: { do: `If no kubectl or oc is running: rm -f ${lock}` },
      });
    }
    await pause(LOOK_AGAIN_MS);
  }
}
