import assert from 'node:assert/strict';

const TRIES = 3;
/** What takes a computer under load no longer than so many runs of `version` is a matter of the load. */
const TIMES_VERSION = 40;

interface Timed {
  readonly elapsedMs: number;
}

/**
 * Holds something to its time. Of a few tries the best counts, since the machine has other things to do; most need one.
 * @param limitMs the time
 * @param run does the same each time, and says how long what is held to the time took
 * @param version runs the same program's `version`; it counts only where the machine is too busy for the time
 * @returns what the try that was in time returned
 * @throws AssertionError if none of three was
 */
export async function inTime<T extends Timed>(
  limitMs: number,
  run: () => Promise<T>,
  version?: () => Promise<Timed>,
): Promise<T> {
  return allowed(limitMs, run, async () =>
    version === undefined ? 0 : (await slowest(version)) * TIMES_VERSION,
  );
}

/**
 * Holds to its time what a part adds to a work, as `inTime` does: where the machine is too busy for it, the work without that part
 * takes long, too.
 * @param rest does the work without that part
 */
export async function inTimeBeside<T extends Timed>(
  limitMs: number,
  run: () => Promise<T>,
  rest: () => Promise<Timed>,
): Promise<T> {
  return allowed(limitMs, run, async () => limitMs + (await rest()).elapsedMs);
}

async function allowed<T extends Timed>(
  limitMs: number,
  run: () => Promise<T>,
  onBusyMachineMs: () => Promise<number>,
): Promise<T> {
  const told: string[] = [];
  while (told.length < TRIES) {
    const result = await run();
    if (result.elapsedMs < limitMs) return result;
    const allowedMs = await onBusyMachineMs();
    if (result.elapsedMs < allowedMs) return result;
    told.push(`${Math.round(result.elapsedMs)} ms (allowed on a busy machine: ${Math.round(allowedMs)} ms)`);
  }
  assert.fail(`each try took more than ${limitMs} ms: ${told.join(', ')}`);
}

const LATE_TRIES = 5;

/**
 * Whether the program says that its own time ran out: a busy machine gives no process the time that it has.
 * @param words for people, or doctor's `--json`
 */
export function saysLate(words: string): boolean {
  return /\[(?:late|out-of-time|check-late)\]|"code": ?"check-late"/.test(words);
}

/** Asks again where the program's time ran out; after five tries that is the answer. */
export async function askedInTime<T>(run: () => Promise<T>, isLate: (result: T) => boolean): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    const result = await run();
    if (tries === LATE_TRIES || !isLate(result)) return result;
  }
}

/** A busy machine is busy by fits and starts: one run may slip through. */
async function slowest(run: () => Promise<Timed>): Promise<number> {
  const times: number[] = [];
  while (times.length < 5) times.push((await run()).elapsedMs);
  return Math.max(...times);
}
