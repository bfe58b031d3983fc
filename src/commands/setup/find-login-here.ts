import type { Identity } from '../../hosts/identity.ts';
import { readClaim } from '../../hosts/read-claim.ts';
import { within } from '../../process/within.ts';
import { claimPorts, decide, discover } from '../../session/facts.ts';
import type { Session } from '../../session/session.ts';
import { proofOf, wordFrom } from './clusters-and-registries.ts';
import { findLoginFor } from './find-login-for.ts';
import type { ClusterWord, Proof } from './setup-ports.ts';

/** What all clusters of the kubeconfig are given to answer, side by side. */
export const ASKING_MS = 3500;

/** Which login a host is to be linked to. @throws AppError if there is none, or more than one */
export function linkedLogin(
  host: string,
  context: string | undefined,
  session: Session,
  ask = (identity: Identity) => wordOf(identity, session),
) {
  if (context !== undefined) session.chosenContexts.add(context);
  const readIdentities = async () => (await session.identities()).identities;
  const isClaimed = async (name: string, identity: Identity) =>
    (await readClaim(name, identity, claimPorts(session, true))).claimed;
  return findLoginFor(host, context, { readIdentities, askCluster: ask }, isClaimed);
}

/** What an identity's cluster says of its registry's hosts, in time: a plugin may take its own, too. */
export function wordOf(identity: Identity, session: Session): Promise<ClusterWord> {
  const word = wordFrom(identity, () => discover(identity, session, () => false));
  return within(ASKING_MS, word, {
    fault: `nothing was heard within ${ASKING_MS / 1000} s`,
    refusedLogin: false,
  });
}

/** Decides the answer anew, as an engine gets it, and asks the registry with it. */
export async function prove(host: string, session: Session): Promise<Proof> {
  const decision = await decide(host, session);
  await decision.keep();
  return proofOf(decision, (identity, username, token) =>
    session.access.probeRegistry(host, identity, username, token),
  );
}
