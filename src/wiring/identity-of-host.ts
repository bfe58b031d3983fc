import { identityFor } from '../hosts/decide-answer.ts';
import type { Identity } from '../hosts/identity.ts';
import type { Reason } from '../hosts/reason.ts';
import { bindHost } from '../registry/bind-host.ts';
import { readClusterClaim } from './clusters-word.ts';
import type { Session } from './session.ts';

/**
 * Who answers for a host, or why nobody does.
 * @param mayAsk false: only what clusters said before counts
 * @returns undefined: nobody could, since the config is broken there, or lets no cluster's token go there
 */
export async function choiceForHost(
  host: string,
  session: Session,
  mayAsk: boolean,
): Promise<{ identity: Identity } | { reason: Reason | null } | undefined> {
  const { settings, problem } = await session.readSettings(host);
  if (problem !== undefined) return undefined;
  const binding = bindHost(host, settings);
  if (binding.kind === 'anonymous' || binding.kind === 'closed' || binding.kind === 'foreign')
    return undefined;
  const { identities } = await session.identities();
  const readClaim = (name: string, identity: Identity) => readClusterClaim(name, identity, session, mayAsk);
  return identityFor(host, binding, settings, identities, { readClaim });
}

/**
 * Who answers for a host.
 * @param mayAsk false: only what clusters said before counts
 * @returns undefined: nobody
 */
export async function identityOfHost(
  host: string,
  session: Session,
  mayAsk: boolean,
): Promise<Identity | undefined> {
  const choice = await choiceForHost(host, session, mayAsk);
  return choice !== undefined && 'identity' in choice ? choice.identity : undefined;
}

/** Who answers for a host, or would be asked about it; no cluster is asked. */
export async function identityAtHand(host: string, session: Session): Promise<Identity | undefined> {
  const known = await identityOfHost(host, session, false);
  if (known !== undefined) return known;
  const { settings, problem } = await session.readSettings(host);
  if (problem !== undefined || bindHost(host, settings).kind !== 'by-claim') return undefined;
  return (await session.identities()).identities.current;
}
