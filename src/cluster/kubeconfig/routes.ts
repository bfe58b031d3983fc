import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { AppError } from '../../hosts/reason.ts';
import { readPem } from '../connection.ts';
import type { Entry, ReadFile } from './merge-kubeconfigs.ts';
import { textField } from './parse-kubeconfig.ts';

/** A cluster's entry, and what is taken of its `insecure-skip-tls-verify`. */
export interface Way {
  readonly server: string;
  readonly insecure: boolean;
  readonly cluster: Entry;
}

/**
 * Names the ways to servers, so that those of one server can be compared; see `Route`. Where they differ by the file of
 * their authority, what is in the files counts: one may hold what another entry has as data.
 * @returns each way's name, in their order
 */
export async function nameRoutes(ways: readonly Way[], read: ReadFile): Promise<string[]> {
  const names = ways.map((way) => routeName(way, authorityOf(way.cluster)));
  const perServer = new Map<string, Set<string>>();
  for (const [at, { server }] of ways.entries()) {
    perServer.set(server, (perServer.get(server) ?? new Set()).add(names[at] ?? ''));
  }
  const texts = new Map<string, Promise<string>>();
  const contentOf = (cluster: Entry): Promise<string> => {
    const place = authorityOf(cluster);
    const text = texts.get(place) ?? readAuthority(cluster, place, read);
    texts.set(place, text);
    return text;
  };
  return Promise.all(
    ways.map(async (way, at) =>
      (perServer.get(way.server)?.size ?? 0) > 1
        ? routeName(way, await contentOf(way.cluster))
        : (names[at] ?? ''),
    ),
  );
}

/** Without a word of its own a cluster is reached as any server is. */
function routeName({ insecure, cluster }: Way, authority: string): string {
  const tlsServerName = textField(cluster.fields, 'tls-server-name') ?? '';
  const proxyUrl = textField(cluster.fields, 'proxy-url') ?? '';
  if (!insecure && authority === '' && tlsServerName === '' && proxyUrl === '') return '';
  const parts = JSON.stringify([insecure, authority, tlsServerName, proxyUrl]);
  return createHash('sha256').update(parts).digest('hex').slice(0, 32);
}

/** What a cluster's entry says of its authority; empty: nothing. */
function authorityOf({ fields, directory }: Entry): string {
  const data = textField(fields, 'certificate-authority-data');
  if (data !== undefined) return `data ${Buffer.from(data, 'base64').toString().trim()}`;
  const file = textField(fields, 'certificate-authority');
  return file === undefined ? '' : `file ${resolve(directory, file)}`;
}

async function readAuthority(cluster: Entry, place: string, read: ReadFile): Promise<string> {
  if (!place.startsWith('file ')) return place;
  try {
    return `data ${(await readPem(cluster, 'certificate-authority', read))?.trim()}`;
  } catch (error) {
    // A file that can't be read is like no other; what is wrong with it is told where the cluster would be asked.
    if (!(error instanceof AppError)) throw error;
    return place;
  }
}
