import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { withoutSecrets } from '../../src/hosts/reason.ts';

/** No program of these tests keeps silent for so long on its way, however busy the machine. */
const SAYS_WITHIN_MS = 120_000;

/** How a program ended, and all that it printed. */
interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a running program prints. */
export interface WatchedOutput {
  readonly ended: Promise<Ended>;
  /** What was printed so far. */
  printed(): { readonly stdout: string; readonly stderr: string };
  /**
   * Resolves with what is found in its output, once it is there.
   * @param what the words for it in an error
   * @param find looks for it; undefined: it is not there yet
   * @throws Error with what was printed, without its secrets, if the program ends before, or two minutes pass
   */
  says<T>(what: string, find: () => T | undefined): Promise<T>;
}

/** Reads all that a program prints, from its start on. */
export function watchOutput(child: ChildProcessWithoutNullStreams): WatchedOutput {
  const output = { stdout: '', stderr: '' };
  const waiting = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
      for (const look of waiting) look();
    });
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, ...output }));
  });
  // Not everybody waits for its end.
  ended.catch(() => {});
  return {
    ended,
    printed: () => output,
    says(what, find) {
      return new Promise((resolve, reject) => {
        const settle = (): void => {
          clearTimeout(limit);
          waiting.delete(look);
        };
        const giveUp = (why: string): void => {
          settle();
          const said = withoutSecrets(output.stdout + output.stderr);
          reject(new Error(`it ${why} before it said ${what}. It said: ${said}`));
        };
        const look = (): void => {
          const found = find();
          if (found === undefined) return;
          settle();
          resolve(found);
        };
        const limit = setTimeout(() => giveUp(`let ${SAYS_WITHIN_MS / 1000} s pass`), SAYS_WITHIN_MS);
        waiting.add(look);
        ended.then(
          ({ status }) => giveUp(`ended with ${status}`),
          (error: Error) => giveUp(`could not be run (${error.message})`),
        );
        look();
      });
    },
  };
}
