import { spawn } from 'node:child_process';

/** An executable and its arguments. */
export type Command = readonly [string, ...string[]];

/** What a program left when it ended. `status`: null if a signal ended it, ours after 60 s included. */
export interface ProgramResult {
  readonly status: number | null;
  /** stdout and stderr, as they came. */
  readonly output: string;
}

export interface ProgramOptions {
  /** The whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Text for stdin; without it stdin is empty. */
  readonly input?: string;
}

const runAtMostMs = 120_000;

/** Runs a program to its end, or kills it and its children after 60 s. */
export function runProgram([executable, ...args]: Command, options: ProgramOptions): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(executable, args, {
      env: options.env,
      cwd: options.cwd ?? '/',
      // A process group of its own, so that ending it ends its children.
      detached: true,
    });
    const timer = setTimeout(() => child.pid !== undefined && endGroup(child.pid), runAtMostMs);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    // A program that ends without reading its stdin is no fault of the test's.
    child.stdin.on('error', () => {});
    child.stdin.end(options.input ?? '');
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.once('close', (status) => {
      clearTimeout(timer);
      resolve({ status, output });
    });
  });
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // ESRCH: it ended on its own just now.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
