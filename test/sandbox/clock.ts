import { setTimeout } from 'node:timers/promises';

/** Where the sandbox takes the time from; tests inject their own to let tokens end without waiting. */
export interface Clock {
  /** Milliseconds since the epoch. */
  nowMs(): number;
  /** Resolves when that much time of this clock has passed. */
  waitMs(ms: number): Promise<void>;
}

export const REAL_CLOCK: Clock = {
  nowMs: () => Date.now(),
  // A reply that is held back keeps no process alive; its connection does, while somebody waits.
  waitMs: (ms) => setTimeout(ms, undefined, { ref: false }),
};

/** RFC 3339 in whole seconds, the form of every timestamp in the Kubernetes API. */
export function formatTime(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 19)}Z`;
}
