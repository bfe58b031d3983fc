import { durationInWords } from '../../hosts/duration-in-words.ts';
import type { HostStatus } from './host-status.ts';

/** How wide a bar is, in columns. */
const BAR_COLUMNS = 10;

/** What a bar is drawn with: full and empty cells. */
export type BarStyle = 'unicode' | 'ascii';

const CELLS: Record<BarStyle, readonly [full: string, empty: string]> = {
  unicode: ['█', '░'],
  ascii: ['#', '-'],
};

/**
 * @param fraction what is left of a life, from 0 to 1
 * @returns ten cells; what has not ended yet has at least one full
 */
export function bar(fraction: number, style: BarStyle): string {
  const [full, empty] = CELLS[style];
  const count = Math.min(BAR_COLUMNS, Math.max(fraction > 0 ? 1 : 0, Math.ceil(fraction * BAR_COLUMNS)));
  return full.repeat(count) + empty.repeat(BAR_COLUMNS - count);
}

/** @returns the part of its life that a token has left; undefined where that is not known */
export function fractionLeft({ state, expiresAtMs, lifeMs }: HostStatus, nowMs: number): number | undefined {
  if (state !== 'good' && state !== 'ends-soon') return undefined;
  if (typeof expiresAtMs !== 'number' || lifeMs === undefined || lifeMs <= 0) return undefined;
  return Math.min(1, Math.max(0, (expiresAtMs - nowMs) / lifeMs));
}

/** @returns how long a host's token lasts, or why that can't be said, in a few words */
export function timeInWords({ state, expiresAtMs }: HostStatus, nowMs: number): string {
  switch (state) {
    case 'anonymous':
      return 'anonymous';
    case 'signed-out':
      return 'signed out';
    case 'none':
      return 'no good token';
    case 'unknown':
      return 'not asked for yet';
    case 'ended': {
      const overMs = nowMs - (expiresAtMs ?? nowMs);
      return overMs < 0 ? 'ends just now' : `ended ${durationInWords(overMs)} ago`;
    }
  }
  if (typeof expiresAtMs !== 'number') return expiresAtMs === null ? 'no end' : 'good';
  return `${durationInWords(expiresAtMs - nowMs)} left`;
}
