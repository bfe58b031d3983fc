import { grown, mutated } from './mutate.ts';
import { caseSeed, seeded } from './random.ts';
import type { Target } from './target.ts';

/** One case that did not hold. */
export interface Finding {
  readonly target: string;
  /** Of the case: `scripts/fuzz --case TARGET NUMBER` runs it again. */
  readonly seed: number;
  readonly text: string;
  readonly error: unknown;
}

/** Runs one case. @returns undefined: it held */
export async function runCase(target: Target, seed: number): Promise<Finding | undefined> {
  const random = seeded(seed);
  const text = mutated(target.seeds, target.words, random);
  return attempt(target, seed, text, () => target.run(text, random));
}

/** @returns the first of so many cases that does not hold, from the given one on */
export async function runCases(
  target: Target,
  seed: number,
  from: number,
  count: number,
): Promise<Finding | undefined> {
  for (let index = from; index < from + count; index += 1) {
    const finding = await runCase(target, caseSeed(seed, target.name, index));
    if (finding !== undefined) return finding;
  }
  return undefined;
}

/** In characters; what is four times as long may take a bit more than four times as long. */
const SHORT = 16_000;
const SHORT_OF_SLOW = 4000;
const TIMES = 4;
const MOST_TIMES = 10;
/** What takes less is not measured. */
const LEAST_MS = 120;
const TRIES = 3;

/**
 * Holds a target to linear time: a text in which a part is repeated, and one with four times as many. It is the processor's
 * time, which is the same however busy the machine is, and of a few tries the best.
 */
export async function runGrowth(target: Target, seed: number): Promise<Finding | undefined> {
  const random = seeded(seed);
  const textOf = grown(target.seeds, target.words, random);
  const length = target.isSlow ? SHORT_OF_SLOW : SHORT;
  const long = textOf(length * TIMES);
  return attempt(target, seed, long.slice(0, 400), async () => {
    const timeOf = async (text: string, tries: number): Promise<number> => {
      let bestMs = Number.POSITIVE_INFINITY;
      for (let left = tries; left > 0 && bestMs > LEAST_MS; left -= 1) {
        const before = process.cpuUsage();
        await target.run(text, seeded(seed));
        bestMs = Math.min(bestMs, process.cpuUsage(before).user / 1000);
      }
      return bestMs;
    };
    const longMs = await timeOf(long, TRIES);
    if (longMs <= LEAST_MS) return;
    const shortMs = await timeOf(textOf(length), TRIES);
    if (longMs > MOST_TIMES * shortMs)
      throw new Error(`${length} characters take ${shortMs} ms, ${length * TIMES} take ${longMs} ms`);
  });
}

async function attempt(
  target: Target,
  seed: number,
  text: string,
  run: () => void | Promise<void>,
): Promise<Finding | undefined> {
  const { emitWarning } = process;
  let warning: unknown;
  process.emitWarning = (told: unknown): void => {
    warning ??= told;
  };
  try {
    // Most of them are done at once: to wait for each would take as long again.
    const running = run();
    if (running !== undefined) await running;
    // A library's, with words of the text, on the stderr of whoever runs the program.
    if (warning !== undefined) throw new Error(`it warns: ${warning}`);
    return undefined;
  } catch (error) {
    // It is told, with what it takes to have it again.
    return { target: target.name, seed, text, error };
  } finally {
    process.emitWarning = emitWarning;
  }
}
