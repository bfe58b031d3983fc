import { execFileSync, spawn } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** A program as it is to be measured: what an engine would start, and what it would write to it. */
export interface Program {
  readonly command: readonly [string, ...string[]];
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly input: string;
  /** What every run must end with; a faster wrong answer is no figure. */
  readonly expect: { readonly status: number; readonly output: RegExp };
}

/** A program that can be run again and again. */
export interface Runner {
  /** Runs it once, with pipes for stdin and stdout as engines have them. Returns the time that it took, in ms. */
  run(): number;
  close(): void;
}

/** Once for each line: what the program says, and its exit status on a line. */
const LOOP = 'input=$1; shift; while read -r _; do printf %s "$input" | "$@"; echo " $?"; done';

/**
 * Makes a program ready to be run. It is started by a waiting shell: to start one from this process takes 2 ms more,
 * since Node is large, and Node's own pipes are sockets.
 * @param directory for two named pipes
 */
export function createRunner({ command, env, input, expect }: Program, directory: string): Runner {
  const pipes = mkdtempSync(join(directory, 'pipes-'));
  const orders = join(pipes, 'orders');
  const answers = join(pipes, 'answers');
  execFileSync('mkfifo', [orders, answers]);
  // Opened both ways, a named pipe waits for no one at its other end.
  const both = openSync(orders, constants.O_RDWR);
  const ordersRead = openSync(orders, constants.O_RDONLY);
  const ordersWrite = openSync(orders, constants.O_WRONLY);
  const answersRead = openSync(answers, constants.O_RDWR);
  const answersWrite = openSync(answers, constants.O_WRONLY);
  spawn('/bin/sh', ['-c', LOOP, 'sh', input, ...command], {
    env,
    stdio: [ordersRead, answersWrite, 'ignore'],
  });
  for (const fd of [both, ordersRead, answersWrite]) closeSync(fd);
  rmSync(pipes, { recursive: true });
  const buffer = Buffer.alloc(65_536);

  return {
    run: () => {
      const started = performance.now();
      writeSync(ordersWrite, '\n');
      let said = '';
      let end: RegExpExecArray | null = null;
      while (end === null) {
        said += buffer.toString('utf8', 0, readSync(answersRead, buffer));
        end = / (\d+)\n$/.exec(said);
      }
      const elapsedMs = performance.now() - started;
      if (Number(end[1]) !== expect.status || !expect.output.test(said.slice(0, end.index))) {
        throw new Error(`${command[0]} gave another answer than the one to be measured (status ${end[1]})`);
      }
      return elapsedMs;
    },
    // The shell ends when nobody can write its next line.
    close: () => {
      closeSync(ordersWrite);
      closeSync(answersRead);
    },
  };
}

/** Runs a program once. */
export function runOnce(program: Program, directory: string): number {
  const runner = createRunner(program, directory);
  try {
    return runner.run();
  } finally {
    runner.close();
  }
}
