import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

const LOOK_AGAIN_MS = 20;
const LOOKS = 750;

/**
 * Waits for the end of a process that need not be a child of ours. One that nobody has collected yet has ended, too.
 * @returns whether it has ended; false after 15 s
 */
export async function hasEnded(pid: number): Promise<boolean> {
  for (let look = 0; look < LOOKS; look++) {
    if (!(await isRunning(pid))) return true;
    // The end of another's child is no event that Node can await: waitpid(2) knows no such process, /proc sends no
    // news to fs.watch, and Node has nothing for a pidfd.
    await pause(LOOK_AGAIN_MS);
  }
  return false;
}

async function isRunning(pid: number): Promise<boolean> {
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(await readFile(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    // No such process, or none of /proc: then a signal that does nothing tells.
    try {
      process.kill(pid, 0);
      return process.platform !== 'linux';
    } catch {
      // ESRCH.
      return false;
    }
  }
}
