import { durationInWords } from '../../credential/duration-in-words.ts';

/** Between a cluster's making a token and our telling of it, a moment passes. */
const MOMENT_MS = 60_000;

/** @returns how long a login that was just made lasts: the whole days that it was made for */
export function lifeInWords(expiresAtMs: number, nowMs: number): string {
  return durationInWords(Math.max(0, expiresAtMs - nowMs) + MOMENT_MS);
}
