import { readdirSync, readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';

/** What `ps` would show of a process, and what /proc shows to its owner (Linux). */
export interface SeenProcess {
  readonly pid: number;
  /** With spaces between the words. */
  readonly commandLine: string;
  readonly environment: string;
}

/**
 * Looks again and again at every process that has a text in its environment, as whatever is started by a process with
 * it has, until it is told to stop.
 * @returns every different view of such a process
 */
export function watchProcesses(mark: string): { stop(): Promise<SeenProcess[]> } {
  const seen = new Map<string, SeenProcess>();
  let stopped = false;
  const watching = (async () => {
    while (!stopped) {
      for (const { pid, commandLine, environment } of processesWith(mark)) {
        seen.set(`${pid} ${commandLine}`, { pid, commandLine, environment });
      }
      // The start of another's child is no event.
      await setImmediate();
    }
  })();
  return {
    async stop() {
      stopped = true;
      await watching;
      return [...seen.values()];
    },
  };
}

/** Every process of ours that has a text in its environment, which shows a space after each variable. */
export function processesWith(mark: string): SeenProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({
      pid: Number(name),
      commandLine: textOf(`/proc/${name}/cmdline`),
      environment: textOf(`/proc/${name}/environ`),
    }))
    .filter(({ environment }) => environment.includes(mark));
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').replaceAll('\0', ' ');
  } catch {
    // It ended meanwhile, or is somebody else's.
    return '';
  }
}
