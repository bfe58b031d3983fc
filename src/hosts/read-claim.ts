import { isClaimableBy } from '../registry/claimable-host.ts';
import type { ClaimReading } from './host-facts.ts';
import type { Identity } from './identity.ts';
import { AppError } from './reason.ts';

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
  /** False: no cluster is asked, and what they said before counts. */
  readonly mayAsk: boolean;
  recallWord(identity: Identity): Promise<Word | undefined>;
  recallAllWords(): Promise<readonly Word[]>;
  /** The API servers that there are identities of: a cluster that left the kubeconfig claims nothing. */
  servers(): Promise<readonly string[]>;
  keepWord(identity: Identity, word: Word): Promise<void>;
  /** Asks the cluster until the host is found. @throws AppError if there is no token to ask with */
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
    const { answered, exhaustive, hosts: found } = await discover(identity, host, ports);
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
  const servers = await ports.servers();
  const others = (await ports.recallAllWords()).filter(
    (word) =>
      word.server !== identity.server &&
      servers.includes(word.server) &&
      isClaimableBy(host, { server: word.server, inCluster: false }),
  );
  return {
    claimed: true,
    rivals: others.filter((word) => word.hosts.includes(host)).map((word) => word.server),
  };
}

async function discover(identity: Identity, host: string, ports: ReadClaimPorts): Promise<Discovery> {
  const nothing = { hosts: [], answered: false, exhaustive: false };
  if (!ports.mayAsk || identity.source.kind === 'none') return nothing;
  try {
    return await ports.discover(identity, host);
  } catch (error) {
    // Who has no token can't ask. Of a host that may be nobody's, nothing is said.
    if (!(error instanceof AppError)) throw error;
    return nothing;
  }
}
