/**
 * A time by the server's clock, told by this machine's, which may be wrong.
 * @param serverTimeMs ms since the epoch
 * @param dateMs the server's clock as it answered; undefined: it did not say, and is taken for right
 * @param nowMs this machine's clock at that moment
 */
export function localTimeMs(serverTimeMs: number, dateMs: number | undefined, nowMs: number): number {
  const offMs = dateMs === undefined ? 0 : nowMs - dateMs;
  // `Date` is in whole seconds, and the answer took its time: less than this is no difference.
  return Math.abs(offMs) < 3000 ? serverTimeMs : serverTimeMs + offMs;
}
