import { isClaimableBy } from '../registry/claimable-host.ts';
import type { ClaimReading } from './host-facts.ts';
import type { Identity } from './identity.ts';

/** A cluster's word is asked for again when it is older. */
const WORD_GOOD_FOR_MS = 5 * 60_000;

/** What a cluster said its registry's hosts are. */
export interface Word {
  readonly server: string;
  readonly hosts: readonly string[];
  /** Whether these are all: then a host that is not named is not the cluster's. */
  readonly exhaustive: boolean;
  /** Ms since the epoch. */
  readonly askedAtMs: number;
}

interface Discovery {
  readonly hosts: readonly string[];
  /** False if the cluster could not be asked. */
  readonly answered: boolean;
  readonly exhaustive: boolean;
}

export interface ReadClaimPorts {
  nowMs(): number;
  recallWord(identity: Identity): Promise<Word | undefined>;
  /** Of the clusters that there still are identities of: one that left the kubeconfig claims nothing. */
  recallAllWords(): Promise<readonly Word[]>;
  keepWord(identity: Identity, word: Word): Promise<void>;
  /** Asks the cluster until the host is found. */
  discover(identity: Identity, host: string): Promise<Discovery>;
}

/**
 * Whether a registry host is a cluster's by its own word, given over verified TLS, of a name that lies under its domain. A word that was given once binds
 * on while the cluster can't be asked: an expired login does not make a registry another's.
 */
export async function readClaim(
  host: string,
  identity: Identity,
  ports: ReadClaimPorts,
): Promise<ClaimReading> {
  // Nor is it asked about what it could not claim.
  if (!isClaimableBy(host, identity)) return { claimed: false, rivals: [] };
  const before = await ports.recallWord(identity);
  const ageMs = before === undefined ? Number.NaN : ports.nowMs() - before.askedAtMs;
  const isFresh = ageMs >= 0 && ageMs < WORD_GOOD_FOR_MS;
  let hosts = before?.hosts ?? [];
  if (!isFresh || !(hosts.includes(host) || before?.exhaustive === true)) {
    const { answered, exhaustive, hosts: found } = await ports.discover(identity, host);
    if (answered) {
      hosts = exhaustive ? found : [...new Set([...hosts, ...found])];
      await ports.keepWord(identity, {
        server: identity.server,
        hosts,
        exhaustive,
        askedAtMs: ports.nowMs(),
      });
    }
  }
  if (!hosts.includes(host)) return { claimed: false, rivals: [] };
  const others = (await ports.recallAllWords()).filter(
    (word) =>
      word.server !== identity.server && isClaimableBy(host, { server: word.server, inCluster: false }),
  );
  return {
    claimed: true,
    rivals: others.filter((word) => word.hosts.includes(host)).map((word) => word.server),
  };
}
