import { chooseIdentity } from '../../hosts/choose-identity.ts';
import type { Identities, Identity } from '../../hosts/identity.ts';
import { type Fix, inOneLine, inWords } from '../../hosts/reason.ts';
import { catalogue, findInCatalogue } from '../../registry/catalogue.ts';
import { isClaimable, isClaimableBy } from '../../registry/claimable-host.ts';
import { faultInWords, unverifiedInWords } from './fault-in-words.ts';
import type { SetupBinding } from './setup-ports.ts';

/** What a cluster says its registry's hosts are; or why it says nothing: the end of a sentence, and what mends it. */
export type ClusterWord =
  | { readonly hosts: readonly string[] }
  /** `refusedLogin`: another login of the same cluster may fare better. */
  | { readonly fault: string; readonly fix?: Fix | undefined; readonly refusedLogin: boolean };

export interface FindRegistriesPorts {
  readIdentities(): Promise<Identities>;
  /** Asks the identity's cluster for its registry's hosts; within its deadline, and never throws. */
  askCluster(identity: Identity): Promise<ClusterWord>;
  /** Registry hosts that our config speaks of already. */
  readonly configuredHosts: readonly string[];
  /** Told whenever another cluster has answered, or run out of time. */
  progress(asked: number, of: number): void;
}

interface Found {
  readonly host: string;
  readonly binding: SetupBinding;
}

/** Registry hosts that setup may bind, each with the login it gets. */
interface Findings {
  readonly found: readonly Found[];
  /** Those that a cluster calls its own although they lie under no domain of it: only a person can tell. */
  readonly doubtful: readonly Found[];
  /** Why there are not more: sentences that name the context or the host, and what mends it. */
  readonly left: readonly string[];
  /** Whether there is any login to look for a registry with. */
  readonly hasLogins: boolean;
}

/**
 * Finds the registries of all clusters in the kubeconfig: those of the catalogue, and those that a cluster calls its
 * own. All clusters are asked at once. Hosts that our config speaks of are not among them: what it says stays.
 */
export async function findRegistries(ports: FindRegistriesPorts): Promise<Findings> {
  const identities = await ports.readIdentities();
  const configured = new Set(ports.configuredHosts);
  const servers = [...new Set(persons(identities).map(({ server }) => server))];
  let asked = 0;
  ports.progress(asked, servers.length);
  const words = await Promise.all(
    servers.map(async (server) => {
      const word = await wordOf(server, identities, ports);
      asked += 1;
      ports.progress(asked, servers.length);
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
  const found: Found[] = [];
  const doubtful: Found[] = [];
  const left = [...identities.problems, ...words.flatMap(({ fault }) => fault ?? [])];
  for (const [host, all] of [...claims].sort(([one], [other]) => (one < other ? -1 : 1))) {
    const ownDomain = all.filter((server) => isClaimableBy(host, { server, inCluster: false }));
    const claiming = ownDomain.length > 0 ? ownDomain : all;
    const [server = '', ...rivals] = claiming;
    if (configured.has(host)) continue;
    if (rivals.length > 0) {
      left.push(
        `${claiming.join(' and ')} both call ${host} their registry. Say which one it is of. ` +
          `Run: docker-credential-openshift setup ${host} --context NAME`,
      );
      continue;
    }
    const bound = { kind: 'bound', server, context: undefined, user: undefined } as const;
    const choice = chooseIdentity(host, bound, identities);
    if ('reason' in choice) left.push(inOneLine([choice.reason]));
    else {
      const isSure = findInCatalogue(host) !== undefined || isClaimableBy(host, choice.identity);
      (isSure ? found : doubtful).push({ host, binding: bindingTo(choice.identity) });
    }
  }
  return { found, doubtful, left: [...new Set(left)], hasLogins: servers.length > 0 };
}

/** @returns what a host is bound to that gets this login; it has a context */
function bindingTo({ server, user, context = '', insecure }: Identity): SetupBinding {
  return { server, user, context, insecure };
}

/** A pod's own service account needs no setup. */
function persons({ all }: Identities): Identity[] {
  return all.filter(({ context, inCluster }) => context !== undefined && !inCluster);
}

/** The word of one cluster, asked by whichever login it takes: the current one first. */
async function wordOf(
  server: string,
  identities: Identities,
  ports: FindRegistriesPorts,
): Promise<{ hosts: readonly string[]; fault?: string }> {
  const { current } = identities;
  const users = new Map<string, Identity>();
  const there = persons(identities).filter((identity) => identity.server === server);
  for (const identity of there.includes(current as Identity) ? [current as Identity, ...there] : there) {
    if (users.get(identity.user)?.insecure !== false) users.set(identity.user, identity);
  }
  const faults: string[] = [];
  for (const identity of users.values()) {
    // Nor is a token sent there for a word that would count for nothing.
    if (identity.insecure) {
      const said = unverifiedInWords(identity).replace(/^w/, 'W');
      faults.push(`${said}. To name it yourself, run: docker-credential-openshift setup HOST --context NAME`);
      continue;
    }
    const word = await ports.askCluster(identity);
    if ('hosts' in word) return { hosts: word.hosts.filter(counts) };
    const mend = word.fix === undefined ? '' : ` ${inWords(word.fix)}`;
    faults.push(`${faultInWords(identity, word)}.${mend}`);
    if (!word.refusedLogin) break;
  }
  return { hosts: [], ...(faults[0] === undefined ? {} : { fault: faults[0] }) };
}

/** No word binds public registries or those of the catalogue. */
function counts(host: string): boolean {
  return isClaimable(host) && findInCatalogue(host) === undefined;
}
