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

/** What else of a cluster's entry tells how it is reached. */
const CONNECTION_FIELDS = [
  'certificate-authority-data',
  'certificate-authority',
  'tls-server-name',
  'proxy-url',
] as const;

/**
 * Names the ways to servers, so that those of one server can be compared; see `Route`. Where they differ by the file of
 * their authority, what is in the files counts: one may hold what another entry has as data.
 * @returns each way's name, in their order
 */
export async function nameRoutes(ways: readonly Way[], read: ReadFile): Promise<string[]> {
  const entriesOf = new Map<string, Set<Entry>>();
  for (const { server, cluster } of ways) {
    entriesOf.set(server, (entriesOf.get(server) ?? new Set()).add(cluster));
  }
  const texts = new Map<string, Promise<string>>();
  const contentOf = (cluster: Entry): Promise<string> => {
    const place = authorityOf(cluster);
    const text = texts.get(place) ?? readAuthority(cluster, place, read);
    texts.set(place, text);
    return text;
  };
  return Promise.all(
    ways.map(async (way) => {
      // There is nothing to compare it with: in a kubeconfig of a thousand clusters that is most of them.
      if (entriesOf.get(way.server)?.size === 1) return isPlain(way) ? '' : 'the only one';
      return routeName(way, await contentOf(way.cluster));
    }),
  );
}

/** Whether a cluster is reached as any server is, without a word of its own. */
function isPlain({ insecure, cluster: { fields } }: Way): boolean {
  return !insecure && CONNECTION_FIELDS.every((name) => textField(fields, name) === undefined);
}

function routeName(way: Way, authority: string): string {
  if (isPlain(way)) return '';
  const { insecure, cluster } = way;
  const tlsServerName = textField(cluster.fields, 'tls-server-name') ?? '';
  const proxyUrl = textField(cluster.fields, 'proxy-url') ?? '';
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
