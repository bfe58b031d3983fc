import { createHash } from 'node:crypto';
import type { Word } from '../hosts/read-claim.ts';
import { readPrivateFile } from './hot-files.ts';
import { writePrivateFile } from './private-directory.ts';
import { namesIn } from './read-regular-file.ts';

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
