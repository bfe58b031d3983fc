/** Where the sandbox takes the time from; tests inject their own to let tokens end without waiting. */
export interface Clock {
  /** Milliseconds since the epoch. */
  nowMs(): number;
}

/** RFC 3339 in whole seconds, the form of every timestamp in the Kubernetes API. */
export function formatTime(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 19)}Z`;
}
