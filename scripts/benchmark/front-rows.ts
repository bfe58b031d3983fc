import { execFileSync, spawn } from 'node:child_process';
import { closeSync, constants, mkdirSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { freshCopy, median } from './compare-programs.ts';
import type { Program } from './timed-run.ts';
import { forget, prime, type World } from './world.ts';

const PAIRS = 200;
const COLD_PAIRS = 40;
const EVICTED_RUNS = 15;
const BUSY = 8;

/** What starting a program took. */
export interface Start {
  readonly ms: number;
  /** The most memory of one of them, in MB; the kernel counts small programs in steps. */
  readonly memoryMb: number;
}

/** A program that is started by scripts/benchmark/starter.c, as many at once as it is told. */
interface Starter {
  start(count: number): Start;
  close(): void;
}

/** @param starter the compiled starter.c */
function createStarter(
  starter: string,
  { command, env, input, expect }: Program,
  directory: string,
): Starter {
  const pipes = join(directory, `starter-${process.hrtime.bigint()}`);
  mkdirSync(pipes);
  const [orders, answers] = [join(pipes, 'orders'), join(pipes, 'answers')];
  execFileSync('mkfifo', [orders, answers]);
  // Opened both ways, a named pipe waits for no one at its other end.
  const both = openSync(orders, constants.O_RDWR);
  const ordersRead = openSync(orders, constants.O_RDONLY);
  const ordersWrite = openSync(orders, constants.O_WRONLY);
  const answersRead = openSync(answers, constants.O_RDWR);
  const answersWrite = openSync(answers, constants.O_WRONLY);
  spawn(starter, [input, String(expect.status), ...command], {
    env,
    stdio: [ordersRead, answersWrite, 'inherit'],
  });
  for (const fd of [both, ordersRead, answersWrite]) closeSync(fd);
  rmSync(pipes, { recursive: true });
  const buffer = Buffer.alloc(256);
  return {
    start: (count) => {
      writeSync(ordersWrite, `${count}\n`);
      const said = buffer.toString('latin1', 0, readSync(answersRead, buffer));
      const [ns, kilobytes, wrong] = said.trim().split(' ').map(Number);
      if (wrong !== 0) throw new Error(`${wrong} of ${count} runs of ${command[0]} gave another answer`);
      return { ms: (ns ?? Number.NaN) / 1e6, memoryMb: (kilobytes ?? Number.NaN) / 1024 };
    },
    close: () => {
      closeSync(ordersWrite);
      closeSync(answersRead);
    },
  };
}

/** Two programs, started in turn. */
export interface Pairs {
  readonly ours: readonly Start[];
  readonly theirs: readonly Start[];
}

/**
 * @param block how many of the one are started before it is the other's turn: where processors are busy, what the other used of them
 *   would be waited for
 * @param between called before each start, for what is to be as it was
 */
export function startInTurn(
  starter: string,
  [ours, theirs]: readonly [Program, Program],
  { directory }: Pick<World, 'directory'>,
  {
    pairs = PAIRS,
    count = 1,
    block = 1,
    between = () => {},
  }: { pairs?: number; count?: number; block?: number; between?: (program: Program) => void } = {},
): Pairs {
  const starters = [ours, theirs].map((program) => createStarter(starter, program, directory));
  const starts: [Start[], Start[]] = [[], []];
  try {
    for (let pair = -3; pair < pairs; pair += 1) {
      for (const [index, program] of [ours, theirs].entries()) {
        for (let at = 0; at < block; at += 1) {
          between(program);
          const start = starters[index]?.start(count);
          if (pair >= 0 && start !== undefined) starts[index]?.push(start);
        }
      }
    }
  } finally {
    for (const it of starters) it.close();
  }
  return { ours: starts[0], theirs: starts[1] };
}

/** What happens while both processors are kept busy by eight others. */
export function whileBusy<T>(act: () => T): T {
  const busy = Array.from({ length: BUSY }, () =>
    spawn('/bin/sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' }),
  );
  try {
    return act();
  } finally {
    for (const it of busy) it.kill('SIGKILL');
  }
}

/** A `get` with nothing cached, each time. */
export function coldInTurn(starter: string, programs: readonly [Program, Program], world: World): Pairs {
  return startInTurn(starter, programs, world, { pairs: COLD_PAIRS, between: ({ env }) => forget(env) });
}

/** A warm `get` whose executables are not in the page cache. */
export function evictedInTurn(starter: string, programs: readonly [Program, Program], world: World): Pairs {
  const copies = programs.map((program, index) => {
    const copy = freshCopy(program, join(world.directory, `evicted-${index}`));
    execFileSync('sync', [copy.command[0]]);
    return copy;
  }) as [Program, Program];
  for (const copy of copies) prime(world, copy);
  try {
    const between = ({ command: [path] }: Program) => {
      execFileSync('dd', [`if=${path}`, 'iflag=nocache', 'count=0', 'status=none']);
    };
    return startInTurn(starter, copies, world, { pairs: EVICTED_RUNS, between });
  } finally {
    for (const { command } of copies) rmSync(dirname(command[0]), { recursive: true });
  }
}

/** The median of what starts took, in ms. */
export function medianMs(starts: readonly Start[]): number {
  return median(starts.map(({ ms }) => ms));
}

/** What all but one in twenty took at most, in ms. */
export function p95Ms(starts: readonly Start[]): number {
  return (
    starts.map(({ ms }) => ms).toSorted((a, b) => a - b)[Math.ceil(starts.length * 0.95) - 1] ?? Number.NaN
  );
}
