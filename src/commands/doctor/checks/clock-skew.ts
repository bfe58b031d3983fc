import { durationInWords } from '../../../hosts/duration-in-words.ts';
import { apiStateOf } from '../api-state.ts';
import type { Finding } from '../finding.ts';
import type { ClusterPorts } from './cluster.ts';

/** A token is answered while it has this long to live: a clock that is further off gets that wrong. */
const MOST_MS = 60_000;

/** This machine's clock, compared with the clusters'. */
export async function clockSkew({ clusterContacts }: ClusterPorts): Promise<readonly Finding[]> {
  const skews = (await clusterContacts()).flatMap(({ server, contact }) =>
    contact.kind === 'answered' && contact.skewMs !== undefined && apiStateOf(contact) !== 'something-else'
      ? [{ server, skewMs: contact.skewMs }]
      : [],
  );
  if (skews.length === 0) return [];
  const off = skews.filter(({ skewMs }) => Math.abs(skewMs) > MOST_MS);
  if (off.length === 0) return [{ status: 'ok', saw: "The clock agrees with the clusters' own" }];
  // Where all are off, the clock here is; where one of several is, it is that one.
  const isOwn = off.length === skews.length;
  return off.map(({ server, skewMs }) => {
    const ahead = skewMs > 0 ? 'behind' : 'ahead of';
    return {
      status: 'warning',
      saw: `The clock here is ${durationInWords(Math.abs(skewMs))} ${ahead} that of ${server}`,
      why: "Tokens look valid that have ended, or ended that are valid, and certificates, too; this helper reckons with the server's clock, engines and oc do not",
      mend: isOwn ? 'sudo timedatectl set-ntp true' : 'Tell the administrators of that cluster.',
    };
  });
}
