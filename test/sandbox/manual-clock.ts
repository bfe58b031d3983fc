import type { Clock } from './clock.ts';

/** A clock that stands still until it is moved; whoever waits for it goes on then. */
export interface ManualClock extends Clock {
  advanceSeconds(seconds: number): void;
}

/** Starts at the present second, or at the given time. */
export function createManualClock(startMs = Math.floor(Date.now() / 1000) * 1000): ManualClock {
  let nowMs = startMs;
  const waiting = new Map<() => void, number>();
  return {
    nowMs: () => nowMs,
    waitMs: (ms) =>
      ms <= 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            waiting.set(resolve, nowMs + ms);
          }),
    advanceSeconds: (seconds) => {
      nowMs += seconds * 1000;
      for (const [resolve, dueMs] of waiting) {
        if (dueMs > nowMs) continue;
        waiting.delete(resolve);
        resolve();
      }
    },
  };
}
