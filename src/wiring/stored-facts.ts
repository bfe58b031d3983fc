import type { HostFacts } from '../commands/status/host-status.ts';
import { outlivesMargin } from '../hosts/answer.ts';
import type { CachedAnswer } from '../hosts/cached-answer.ts';
import { boundClusterOfStored, storedLoginInWords } from '../hosts/cluster-of-stored.ts';
import type { Reason } from '../hosts/reason.ts';
import { logInAgain } from '../hosts/token-words.ts';
import type { RegistrySettings } from '../registry/bind-host.ts';
import { clusterDisplayName } from '../registry/catalogue.ts';
import { isDerivedFromNow } from './derived-from-now.ts';
import { knownEndMs } from './known-end.ts';
import type { Session } from './session.ts';

/** What a login that a person stored comes to: it is what the host gets, or why something else takes its place. */
export type StoredFacts = { readonly facts: HostFacts } | { readonly notAnswered: readonly Reason[] };

/**
 * What is known of the login that a person stored for a host, from files alone.
 * @param record what the host was answered with last
 * @returns undefined: there is none, or it is over, and the host's own login counts again
 */
export async function storedFacts(
  host: string,
  settings: RegistrySettings | undefined,
  record: CachedAnswer | undefined,
  session: Session,
): Promise<StoredFacts | undefined> {
  const stored = session.secrets.find(host);
  if (stored === undefined || !outlivesMargin(stored.expiresAtMs ?? null, Date.now())) return undefined;
  const readIdentities = async () => (await session.identities()).identities;
  const bound = await boundClusterOfStored(host, stored, settings, { readIdentities });
  if (bound.kind === 'another' || bound.kind === 'unreached') {
    return { notAnswered: [bound.reason] };
  }
  const words = storedLoginInWords(host, stored);
  const last = record !== undefined && isDerivedFromNow(record, session.here) ? record : undefined;
  const answer = last?.answer;
  if (answer?.kind === 'credential') {
    // The files do not tell one that can't be read from one that could not be checked.
    const check = `docker-credential-openshift status ${host} --check`;
    const unread = `${words} could not be read or checked when it was last asked for`;
    const refused = `${words} was refused when it was last asked for`;
    const reason =
      answer.unchecked === true
        ? { code: 'stored-unread', why: unread, fix: { run: check } }
        : { code: 'stored-refused', why: refused, fix: logInAgain(host) };
    return { notAnswered: [reason] };
  }
  const server = bound.kind === 'cluster' ? bound.route.server : stored.boundTo;
  const isKept = answer?.kind === 'kept' && answer.id === stored.id;
  const known = isKept ? last?.token : undefined;
  const expiresAtMs = knownEndMs(known, last) ?? stored.expiresAtMs;
  const cluster = server === undefined ? undefined : clusterDisplayName(server);
  // The end of one that ends when idle moves with its use.
  const isAnnounced = known?.isTyped === true && known.endsWhenIdle !== true;
  const reasons = answer?.kind === 'anonymous' && answer.reasons.length > 0 ? answer.reasons : undefined;
  return {
    facts: {
      host,
      server,
      cluster,
      user: stored.username,
      renews: 'stored',
      expiresAtMs,
      lifeMs: known?.lifeMs,
      words: isAnnounced ? { phrase: words, cluster: cluster ?? host, fix: logInAgain(host) } : undefined,
      checkedAtMs: last !== undefined && server !== undefined ? last.checkedAt.wallMs : undefined,
      reasons,
    },
  };
}
