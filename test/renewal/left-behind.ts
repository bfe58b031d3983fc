import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const LOOK_AGAIN_MS = 20;
const GIVE_UP_MS = 15_000;

/** Resolves once nothing runs any more that was started in this home: renewals go on behind the engine's back. */
export async function nothingLeftRunning(home: string): Promise<void> {
  // The end of another's child is no event to us. Without /proc there is no telling.
  for (let waitedMs = 0; isRunningIn(home) && waitedMs < GIVE_UP_MS; waitedMs += LOOK_AGAIN_MS) {
    await pause(LOOK_AGAIN_MS);
  }
}

function isRunningIn(home: string): boolean {
  if (process.platform !== 'linux') return false;
  return readdirSync('/proc').some((pid) => /^\d+$/.test(pid) && environmentOf(pid).includes(`HOME=${home}`));
}

function environmentOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    // It has ended meanwhile, or is another user's.
    return [];
  }
}
