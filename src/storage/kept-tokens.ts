import { rm } from 'node:fs/promises';
import type { KeptToken } from '../credential/keep-token.ts';
import { readPrivateFile } from './hot-files.ts';
import { writePrivateFile } from './write-private-file.ts';

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

/**
 * @param shiftOf how far this machine's wall clock was moved since the record was written, in ms
 * @returns the token, its times told by the clock of now; undefined if there is none
 */
export function readKeptToken(
  path: string,
  uid: number | undefined,
  shiftOf: (writtenAtMs: number, uptimeMs: number | null) => number,
): KeptToken | undefined {
  const text = readPrivateFile(path, uid, LARGEST_RECORD);
  if (text === null) return undefined;
  try {
    const record = JSON.parse(text) as Partial<KeptToken & { writtenAtMs: number; uptimeMs: number | null }>;
    const { token, startedAtMs, expiresAtMs, writtenAtMs, uptimeMs = null } = record;
    if (typeof token !== 'string' || typeof startedAtMs !== 'number' || typeof expiresAtMs !== 'number') {
      return undefined;
    }
    const shiftMs = shiftOf(writtenAtMs ?? startedAtMs, uptimeMs);
    return { token, startedAtMs: startedAtMs + shiftMs, expiresAtMs: expiresAtMs + shiftMs };
  } catch {
    // Cut short by a full disk: another one is had.
    return undefined;
  }
}

/** Keeps a token for the next run, if it ends soon enough by itself. */
export async function saveKeptToken(
  path: string,
  token: KeptToken,
  now: { readonly nowMs: number; readonly uptimeMs: number | null },
  uid: number | undefined,
): Promise<void> {
  if (token.expiresAtMs - now.nowMs > LONGEST_KEPT_MS) return;
  const record = { ...token, writtenAtMs: now.nowMs, uptimeMs: now.uptimeMs };
  await writePrivateFile(path, JSON.stringify(record), uid, false);
}

/** Forgets a token that the cluster does not accept any more. */
export async function forgetKeptToken(path: string): Promise<void> {
  await rm(path, { force: true });
}
