import type { Identities, Identity } from '../../hosts/identity.ts';
import { nameInSentence, shellQuoted } from '../../hosts/quoting.ts';
import { AppError, type Fix, type Reason } from '../../hosts/reason.ts';
import { resolveHost } from '../../hosts/resolve-host.ts';
import { catalogue, clusterDisplayName, findInCatalogue } from '../../registry/catalogue.ts';
import { isClaimable, isClaimableBy } from '../../registry/claimable-host.ts';
import type { Clusters, FoundLogin, SetupBinding } from './setup-ports.ts';

/**
 * Finds the registries of all clusters in the kubeconfig: those of the catalogue, and those that a cluster calls its
 * own. All clusters are asked at once.
 * @param configured hosts that our config or the environment speaks of: what they say stays
 * @param progress told whenever another cluster has answered, or run out of time
 * @returns each host with the login it gets; `doubtful`: those that lie under no domain of the cluster which says that they
 *   are its registry, so that only a person can tell; `left`: why there are not more; `hasLogins`: there is one to look with
 */
export async function findLogins(
  clusters: Clusters,
  configured: ReadonlySet<string>,
  progress: (asked: number, of: number) => void,
): Promise<{ logins: FoundLogin[]; doubtful: FoundLogin[]; left: Reason[]; hasLogins: boolean }> {
  const identities = await clusters.readIdentities();
  const servers = [...new Set(persons(identities).map(({ server }) => server))];
  let asked = 0;
  progress(asked, servers.length);
  const words = await Promise.all(
    servers.map(async (server) => {
      const word = await wordOf(server, identities, clusters);
      progress(++asked, servers.length);
      return { server, ...word };
    }),
  );
  const claims = new Map<string, string[]>();
  for (const { server, hosts } of words) {
    for (const host of hosts) claims.set(host, [...(claims.get(host) ?? []), server]);
  }
  for (const { host, server, decommissioned } of catalogue) {
    if (server !== null && decommissioned !== true && servers.includes(server)) claims.set(host, [server]);
  }
  const logins: FoundLogin[] = [];
  const doubtful: FoundLogin[] = [];
  const left: Reason[] = [
    ...identities.problems.map((why) => ({ code: 'kubeconfig-problem', why })),
    ...(identities.absence === undefined ? [] : [identities.absence]),
    ...words.flatMap(({ silent }) => silent ?? []),
  ];
  for (const [host, all] of [...claims].sort(([one], [other]) => (one < other ? -1 : 1))) {
    if (configured.has(host)) continue;
    const own = all.filter((server) => isClaimableBy(host, { server, inCluster: false }));
    const choice = choose(host, own.length > 0 ? own : all, identities);
    if ('why' in choice) {
      left.push(choice);
      continue;
    }
    const isSure = findInCatalogue(host) !== undefined || isClaimableBy(host, choice);
    (isSure ? logins : doubtful).push({ host, binding: bindingTo(choice) });
  }
  return { logins, doubtful, left, hasLogins: servers.length > 0 };
}

/** Who of a cluster's logins a host gets that these clusters say is theirs; or why nobody. */
export function choose(host: string, servers: readonly string[], identities: Identities): Identity | Reason {
  const [server, ...rivals] = servers;
  if (rivals.length > 0) {
    const why = `${servers.join(' and ')} both say that ${host} is their registry`;
    return { code: 'two-clusters', why, fix: { run: linkCommand(host, contextToName(identities)) } };
  }
  const facts = { nowMs: 0, settings: { settings: { server } }, identities, isChosen: true } as const;
  const { own, reasons } = resolveHost(host, facts);
  return own?.identity ?? reasons[0] ?? { code: 'no-login', why: `No login fits ${host}` };
}

/** @returns what a host is linked to that gets this login. @throws AppError for a pod's */
export function bindingTo(
  { server, user, context, insecure, inCluster }: Identity,
  host = 'This registry',
): SetupBinding {
  if (!inCluster) return { server, user, context, insecure };
  throw new AppError({
    code: 'in-cluster',
    message: `${host}: a pod's own service account needs no setup, and there is no kubeconfig`,
  });
}

/** A pod's own service account needs no setup. */
function persons({ all }: Identities): Identity[] {
  return all.filter(({ inCluster }) => !inCluster);
}

/** The word of one cluster, asked by whichever login it takes: the current one first. */
async function wordOf(
  server: string,
  identities: Identities,
  { askCluster }: Clusters,
): Promise<{ hosts: readonly string[]; silent?: Reason }> {
  const { current } = identities;
  const users = new Map<string, Identity>();
  const there = persons(identities).filter((identity) => identity.server === server);
  for (const identity of there.includes(current as Identity) ? [current as Identity, ...there] : there) {
    if (users.get(identity.user)?.insecure !== false) users.set(identity.user, identity);
  }
  const silent: Reason[] = [];
  for (const identity of users.values()) {
    if (identity.insecure) {
      // Nor is a token sent there for a word that would count for nothing.
      silent.push(unverified(identity));
      continue;
    }
    const word = await askCluster(identity);
    // No word links public registries or those of the catalogue.
    const counts = (host: string) => isClaimable(host) && findInCatalogue(host) === undefined;
    if ('hosts' in word) return { hosts: word.hosts.filter(counts) };
    silent.push(notAsked(identity, word));
    if (!word.refusedLogin) break;
  }
  return { hosts: [], ...(silent[0] === undefined ? {} : { silent: silent[0] }) };
}

/** Why a cluster could not be asked. */
export function notAsked(
  { server, context }: Identity,
  { fault, fix }: { fault: string; fix?: Fix | undefined },
): Reason {
  const why = `${clusterDisplayName(server)} (${loginInWords(context)}) could not be asked for its registry: ${fault}`;
  return { code: 'cluster-not-asked', why, fix };
}

/** Why the word of a cluster does not count whose certificate is not verified. */
export function unverified({ server, context }: Identity, host?: string): Reason {
  const why =
    `the word of ${clusterDisplayName(server)} on its registry does not count, since ${loginInWords(context)} ` +
    'does not verify its certificate (insecure-skip-tls-verify)';
  // Which host, nobody has said.
  const fix: Fix =
    host === undefined
      ? { do: `To link one by hand: ${linkCommand('HOST', context)}` }
      : { run: linkCommand(host, context) };
  return { code: 'cluster-unverified', why, fix };
}

/** @returns how a login is spoken of: by its context */
export function loginInWords(context: string | undefined): string {
  return context === undefined ? 'the login of the environment' : `context ${nameInSentence(context)}`;
}

/** @returns the command that links a host by hand to a login; undefined: the environment's */
export function linkCommand(host: string, context: string | undefined): string {
  if (context === undefined) return `export DOCKER_CREDENTIAL_OPENSHIFT_REGISTRIES=${host}`;
  return `docker-credential-openshift setup ${host} --context ${shellQuoted(context)}`;
}

/** @returns the context to name in such a command: the current one, else the first; undefined: the environment's login */
export function contextToName({ all, current }: Identities): string | undefined {
  if (current !== undefined && !current.inCluster) return current.context;
  return all.find(({ context }) => context !== undefined)?.context;
}
