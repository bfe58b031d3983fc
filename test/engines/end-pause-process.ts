import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const endsWithinMs = 5000;
const lookAgainMs = 20;

/**
 * Rootless podman leaves a process behind that holds its user namespace; its user can't be removed before it ends.
 * @param pidFile where podman wrote the process's id, if it did
 */
export async function endPauseProcess(pidFile: string): Promise<void> {
  const pid = Number(await readIfThere(pidFile));
  if (pid === 0) return;
  process.kill(pid, 'SIGKILL');
  // It is no child of this process: nothing tells of its end.
  const giveUpMs = performance.now() + endsWithinMs;
  while (await isRunning(pid)) {
    if (performance.now() > giveUpMs) throw new Error(`process ${pid} does not end`);
    await sleep(lookAgainMs);
  }
}

/** A zombie has ended, whether or not anyone asked how. */
async function isRunning(pid: number): Promise<boolean> {
  const stat = await readIfThere(`/proc/${pid}/stat`);
  return stat !== '' && !/\) Z/.test(stat);
}

/** The file's text; empty where there is no such file, or its process ended while it was read. */
async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (!['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    return '';
  }
}
