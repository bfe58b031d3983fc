import { createHash } from 'node:crypto';
import { clockShiftMs, type Moment } from '../hosts/clock.ts';
import type { KeptToken } from '../hosts/keep-token.ts';
import { readPrivateFile } from './hot-files.ts';
import { writePrivateFile } from './private-directory.ts';

/** What ends by itself within a day may lie in a private file; what lasts longer is not kept. */
const LONGEST_KEPT_MS = 25 * 3_600_000;
const LARGEST_RECORD = 256 * 1024;

/**
 * Where a minted token, or a plugin's, lies.
 * @param cache our cache directory
 * @param key hexadecimal digits that name everything the token depends on
 */
export function keptTokenFile(cache: string, key: string): string {
  return `${cache}/tokens/${key}.json`;
}

/** @returns the key of a token, by everything that it depends on */
export function tokenKey(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40);
}

/** @returns the token, its times told by the clock of now; undefined if there is none */
export function readKeptToken(path: string, uid: number | undefined, now: Moment): KeptToken | undefined {
  const text = readPrivateFile(path, uid, LARGEST_RECORD);
  if (text === null) return undefined;
  try {
    const record = JSON.parse(text) as Partial<KeptToken & { keptAt: Moment }>;
    const { token, startedAtMs, expiresAtMs, isEndAssumed, keptAt } = record;
    if (typeof token !== 'string' || typeof startedAtMs !== 'number' || typeof expiresAtMs !== 'number') {
      return undefined;
    }
    const shiftMs = keptAt === undefined ? 0 : clockShiftMs(keptAt, now);
    const kept = { token, startedAtMs: startedAtMs + shiftMs, expiresAtMs: expiresAtMs + shiftMs };
    return isEndAssumed === true ? { ...kept, isEndAssumed } : kept;
  } catch {
    // Cut short by a full disk: another one is had.
    return undefined;
  }
}

/** Keeps a token for the next run, if it ends soon enough by itself. */
export async function saveKeptToken(
  path: string,
  token: KeptToken,
  now: Moment,
  uid: number | undefined,
): Promise<void> {
  if (token.expiresAtMs - now.wallMs > LONGEST_KEPT_MS) return;
  await writePrivateFile(path, JSON.stringify({ ...token, keptAt: now }), uid, false);
}
