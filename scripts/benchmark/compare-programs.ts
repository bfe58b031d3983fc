import { copyFileSync, existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { createRunner, type Program } from './timed-run.ts';

export interface Comparison {
  /** Medians of all runs, in ms. */
  readonly firstMs: number;
  readonly secondMs: number;
  /** first / second: the median of the rounds, each the median of its pairs. */
  readonly ratio: number;
  /** The lowest and the highest round. */
  readonly spread: readonly [number, number];
}

const ROUNDS = 7;
const PAIRS = 40;
const WARM_UP = 8;

/**
 * Measures two programs in turn, A B A B. The page cache holds copies of one file in better and in worse ways, which
 * makes up to 20 % of a start: so every round measures fresh copies of both.
 * @param directory for the copies
 * @param prepare called before each round, with the copies
 */
export function comparePrograms(
  first: Program,
  second: Program,
  { directory, prepare }: { directory: string; prepare?: (first: Program) => void },
): Comparison {
  const firstMs: number[] = [];
  const secondMs: number[] = [];
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const copies = join(directory, `round-${round}`);
    const a = freshCopy(first, join(copies, 'first'));
    // One program in two situations is one file.
    const b =
      second.command[0] === first.command[0]
        ? { ...second, command: [a.command[0], ...second.command.slice(1)] as const }
        : freshCopy(second, join(copies, 'second'));
    prepare?.(a);
    const runA = createRunner(a, directory);
    const runB = createRunner(b, directory);
    const pairs: number[] = [];
    for (let pair = -WARM_UP; pair < PAIRS; pair += 1) {
      const aMs = runA.run();
      const bMs = runB.run();
      if (pair < 0) continue;
      firstMs.push(aMs);
      secondMs.push(bMs);
      pairs.push(aMs / bMs);
    }
    runA.close();
    runB.close();
    ratios.push(median(pairs));
    rmSync(copies, { recursive: true });
  }
  return {
    firstMs: median(firstMs),
    secondMs: median(secondMs),
    ratio: median(ratios),
    spread: [Math.min(...ratios), Math.max(...ratios)],
  };
}

/** A fresh copy of a program; what lies beside it for it is linked. */
export function freshCopy(program: Program, directory: string): Program {
  const [executable, ...args] = program.command;
  mkdirSync(directory, { recursive: true });
  const copy = join(directory, basename(executable));
  copyFileSync(executable, copy);
  // The native front starts what lies beside it, for the first answer.
  const behind = join(dirname(executable), 'libexec');
  if (existsSync(behind)) symlinkSync(behind, join(directory, 'libexec'));
  return { ...program, command: [copy, ...args] };
}

/** @param values at least one */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}
