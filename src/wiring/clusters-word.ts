import { type Discovery, discoverRegistryHosts } from '../cluster/discover-registry-hosts.ts';
import { claimFile, readAllClaims, readClaimFile, saveClaim } from '../files/claims.ts';
import type { ClusterToken } from '../hosts/cluster-token.ts';
import type { Identities, Identity } from '../hosts/identity.ts';
import { obtainToken } from '../hosts/obtain-token.ts';
import { nameInSentence, shellQuoted } from '../hosts/quoting.ts';
import { type ReadClaimPorts, readClaim } from '../hosts/read-claim.ts';
import { AppError } from '../hosts/reason.ts';
import type { Session } from './session.ts';
import { tokenPorts } from './token-ports.ts';

/** What is known where nobody could be asked. */
const UNASKED = { hosts: [], answered: false, exhaustive: false };

/**
 * Whether a registry host is a cluster's by its own word.
 * @param mayAsk false: only what clusters said before counts
 */
export function readClusterClaim(
  host: string,
  identity: Identity,
  session: Session,
  mayAsk: boolean,
): ReturnType<typeof readClaim> {
  const { cache, here } = session;
  const wordFile = async (of: Identity) =>
    cache === null ? null : claimFile(cache, await session.connectionOf(of));
  const ports: ReadClaimPorts = {
    nowMs: Date.now,
    recallWord: async (of) => {
      const file = await wordFile(of);
      return file === null ? undefined : readClaimFile(file, here.uid);
    },
    recallAllWords: async () => {
      const { identities } = await session.identities();
      const servers = new Set(identities.all.map(({ server }) => server));
      const kept = cache === null ? [] : readAllClaims(cache, here.uid);
      return kept.filter(({ server }) => servers.has(server));
    },
    keepWord: async (of, word) => {
      const file = await wordFile(of);
      if (file !== null) await saveClaim(file, word, here.uid);
    },
    discover: (of, wanted) => (mayAsk ? discover(of, wanted, session) : Promise.resolve(UNASKED)),
  };
  return readClaim(host, identity, ports);
}

async function discover(identity: Identity, host: string, session: Session) {
  if (identity.source.kind === 'none') return UNASKED;
  try {
    return await discoverBy(identity, session, (hosts) => hosts.includes(host));
  } catch (error) {
    // Who has no token can't ask. Of a host that may be nobody's, nothing is said.
    if (!(error instanceof AppError)) throw error;
    return UNASKED;
  }
}

/**
 * Asks a cluster for its registry's hosts.
 * @param isEnough ends the search early
 * @throws AppError if the identity has no token to ask with
 */
export async function discoverBy(
  identity: Identity,
  session: Session,
  isEnough: (hosts: readonly string[]) => boolean,
): Promise<Discovery> {
  const unchosen = whyUnchosen(identity, (await session.identities()).identities, session);
  if (unchosen !== undefined) throw unchosen;
  const bearer = await bearerOf(identity, session);
  return discoverRegistryHosts(identity, (path) => session.access.ask(identity, bearer, path), isEnough);
}

/** A plugin is a program that a kubeconfig names: none is run for a search, but of a context that a person chose. */
function whyUnchosen(
  identity: Identity,
  { current, currentContext }: Identities,
  { chosenContexts }: Session,
): AppError | undefined {
  const { source, context = '' } = identity;
  if (source.kind !== 'exec' || identity === current || identity === currentContext) return undefined;
  if (chosenContexts.has(context)) return undefined;
  const command = nameInSentence(source.plugin.command);
  return new AppError({
    code: 'plugin-not-chosen',
    message: `its login comes from the plugin ${command}, which is not run before you choose that context`,
    fix: { run: `docker-credential-openshift setup HOST --context ${shellQuoted(context)}` },
  });
}

/**
 * The bearer token of an identity itself.
 * @returns undefined: it has a client certificate instead
 * @throws AppError if there is none: why, and what mends it
 */
export async function bearerOf(identity: Identity, session: Session): Promise<ClusterToken | undefined> {
  if (identity.source.kind === 'client-certificate') return undefined;
  return (
    await obtainToken(
      '',
      identity,
      undefined,
      { eager: session.eager, refused: undefined },
      tokenPorts(session),
    )
  ).token;
}
