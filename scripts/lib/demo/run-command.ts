import { spawn } from 'node:child_process';

/** How a program ended: `done` if it exited with 0. `output`: stdout and stderr, as they came. */
export interface Outcome {
  readonly done: boolean;
  readonly output: string;
}

export interface RunOptions {
  readonly env: Readonly<Record<string, string>>;
  /** Ends the program. */
  readonly signal: AbortSignal;
  /** Default: 60,000. */
  readonly atMostMs?: number;
  /** Its stdin; default: none. */
  readonly input?: string;
}

/** Runs a program to its end; one that is not there, or takes too long, is simply not done. */
export function runCommand(command: readonly string[], options: RunOptions): Promise<Outcome> {
  const [executable = '', ...args] = command;
  const { env, signal, atMostMs = 60_000, input } = options;
  return new Promise((resolve) => {
    const child = spawn(executable, args, {
      env,
      stdio: ['pipe', 'pipe', 'pipe'],
      signal: AbortSignal.any([signal, AbortSignal.timeout(atMostMs)]),
    });
    // A program that ends without having read it is no fault.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    child.once('error', (error) => {
      // An ended program still closes; one that was never there does not.
      if (child.pid === undefined) resolve({ done: false, output: `${error.message}\n` });
    });
    child.once('close', (status) => resolve({ done: status === 0, output }));
  });
}
