import assert from 'node:assert/strict';

const TRIES = 3;

/**
 * Holds something to its time. Of a few tries the best counts, since the machine has other things to do; most need one.
 * @param limitMs the time
 * @param run does the same each time, and says how long what is held to the time took
 * @returns what the try that was in time returned
 * @throws AssertionError if none of three was
 */
export async function inTime<T extends { readonly elapsedMs: number }>(
  limitMs: number,
  run: () => Promise<T>,
): Promise<T> {
  const tookMs: number[] = [];
  while (tookMs.length < TRIES) {
    const result = await run();
    if (result.elapsedMs < limitMs) return result;
    tookMs.push(Math.round(result.elapsedMs));
  }
  assert.fail(`it took ${tookMs.join(', ')} ms, each time more than ${limitMs} ms`);
}
