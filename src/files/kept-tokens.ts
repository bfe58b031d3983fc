import { createHash } from 'node:crypto';
import { clockShiftMs, type Moment } from '../hosts/clock.ts';
import type { KeptToken } from '../hosts/keep-token.ts';
import type { Word } from '../hosts/read-claim.ts';
import type { Pace, Trouble } from '../hosts/renewal.ts';
import { readPrivateFile } from './hot-files.ts';
import { writePrivateFile } from './private-directory.ts';
import { namesIn } from './read-regular-file.ts';

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

/**
 * When in its time a machine renews a token: other machines do it at other times, and each of them at the same one again, so
 * that those that began at once drift apart.
 */
export function paceOf(machine: string, key: string, trouble: Trouble | undefined): Pace {
  const digest = createHash('sha256')
    .update(JSON.stringify([machine, key]))
    .digest();
  return { share: digest.readUInt32BE(0) / 2 ** 32, shareAfter: digest.readUInt32BE(4) / 2 ** 32, trouble };
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

/** What of a connection tells which cluster speaks. */
interface ClaimConnection {
  readonly server: string;
  readonly ca: string | undefined;
  readonly tlsServerName: string | undefined;
  readonly proxyUrl: string | undefined;
  readonly insecure: boolean;
}

/**
 * Where a cluster's word lies.
 * @param cache our cache directory
 * @param connection by which it was asked: by another CA, name or proxy another cluster may speak
 */
export function claimFile(
  cache: string,
  { server, ca, tlsServerName, proxyUrl, insecure }: ClaimConnection,
): string {
  const name = createHash('sha256')
    .update(JSON.stringify([server, ca ?? null, tlsServerName ?? null, proxyUrl ?? null, insecure]))
    .digest('hex');
  return `${cache}/claims/${name.slice(0, 32)}.json`;
}

/** @returns the record, however old; undefined if there is none */
export function readClaimFile(path: string, uid: number | undefined): Word | undefined {
  const text = readPrivateFile(path, uid, 64 * 1024);
  if (text === null) return undefined;
  try {
    const claim = JSON.parse(text) as Partial<Word>;
    const { server, hosts, exhaustive, askedAtMs } = claim;
    if (typeof server !== 'string' || !Array.isArray(hosts) || typeof askedAtMs !== 'number')
      return undefined;
    const names = hosts.filter((host) => typeof host === 'string');
    return { server, hosts: names, exhaustive: exhaustive === true, askedAtMs };
  } catch {
    // Cut short by a full disk: the cluster is asked again.
    return undefined;
  }
}

/** @returns every cluster's word that was kept */
export function readAllClaims(cache: string, uid: number | undefined): Word[] {
  const directory = `${cache}/claims`;
  return namesIn(directory).flatMap((name) => readClaimFile(`${directory}/${name}`, uid) ?? []);
}

/** Keeps a cluster's word. */
export async function saveClaim(path: string, claim: Word, uid: number | undefined): Promise<void> {
  await writePrivateFile(path, JSON.stringify(claim), uid, false);
}
