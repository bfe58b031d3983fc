import type { Clock } from './clock.ts';

/** A clock that stands still until it is moved. */
export interface ManualClock extends Clock {
  advanceSeconds(seconds: number): void;
}

/** Starts at the present second, or at the given time. */
export function createManualClock(startMs = Math.floor(Date.now() / 1000) * 1000): ManualClock {
  let nowMs = startMs;
  return {
    nowMs: () => nowMs,
    advanceSeconds: (seconds) => {
      nowMs += seconds * 1000;
    },
  };
}
