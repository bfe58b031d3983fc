/** A moment, by the two clocks of this machine. */
export interface Moment {
  /** The wall clock, ms since the epoch: what a person, or time synchronisation, may set. */
  readonly wallMs: number;
  /** Ms since the machine was started, suspension included; null where that can't be had. */
  readonly uptimeMs: number | null;
}

/**
 * How far the wall clock was set back between two moments: times that were noted at the first are to be read with this
 * added. One that ran ahead is believed: after a restart the uptime may be larger again, and a virtual machine that
 * was paused counts nothing; what was noted then only seems older, and is asked about sooner. Without an uptime it is
 * taken for not moved.
 * @returns ms, never positive
 */
export function clockShiftMs(then: Moment, now: Moment): number {
  if (then.uptimeMs === null || now.uptimeMs === null || now.uptimeMs < then.uptimeMs) return 0;
  const movedMs = now.wallMs - then.wallMs - (now.uptimeMs - then.uptimeMs);
  // Time synchronisation slews by as much, and the two clocks are not read at once.
  return movedMs > -2000 ? 0 : movedMs;
}

const UNITS: readonly [name: string, ms: number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
];

/**
 * @param ms a duration, not negative
 * @returns it in its largest whole unit: `3 days`, `1 hour`, `40 seconds`
 */
export function durationInWords(ms: number): string {
  const [name, size] = UNITS.find(([, unit]) => ms >= unit) ?? ['second', 1000];
  const count = Math.floor(ms / size);
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}
