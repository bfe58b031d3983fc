import { createHash } from 'node:crypto';
import type { Word } from '../hosts/read-claim.ts';
import { readPrivateFile } from './hot-files.ts';
import { namesIn } from './names-in.ts';
import { writePrivateFile } from './write-private-file.ts';

/**
 * Where a cluster's word lies.
 * @param cache our cache directory
 * @param ca the CA that the API server was verified with: another one speaks for another cluster
 */
export function claimFile(cache: string, server: string, ca: string | undefined): string {
  const name = createHash('sha256')
    .update(JSON.stringify([server, ca ?? null]))
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
