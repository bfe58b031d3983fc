import { durationInWords } from '../../hosts/duration-in-words.ts';

/** Between a cluster's making a token and our telling of it, a moment passes. */
const MOMENT_MS = 60_000;

const HOUR_MS = 3_600_000;

/** @returns how long a login that was just made lasts: the whole days or hours that it was made for, else what is left */
export function lifeInWords(expiresAtMs: number, nowMs: number): string {
  const leftMs = Math.max(0, expiresAtMs - nowMs);
  const madeForMs = leftMs + MOMENT_MS;
  const isWhole = Math.floor(madeForMs / HOUR_MS) > Math.floor(leftMs / HOUR_MS);
  return durationInWords(isWhole ? madeForMs : leftMs);
}
