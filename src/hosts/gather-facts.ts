import type { AnswerPorts } from './check-token.ts';
import type { OwnChoice } from './choose-identity.ts';
import type { ClaimReading, HeldToken, HostFacts, Question, SettingsReading } from './host-facts.ts';
import type { ClusterToken, Identities, Identity } from './identity.ts';
import { AppError, reasonOf } from './reason.ts';
import { type Resolution, resolveHost } from './resolve-host.ts';
import type { SecretReading, StoredLogin } from './secret-store.ts';

/** Where the facts of a run come from: files, the keychain, clusters and registries. */
export interface FactPorts
  extends Pick<AnswerPorts, 'nowMs' | 'obtainToken' | 'fingerprintOf' | 'isSignedOut'> {
  readSettings(host: string): Promise<SettingsReading>;
  readIdentities(): Promise<Identities>;
  /**
   * What an identity's cluster says of a host; never throws.
   * @param mayAsk false: only what it said before counts
   */
  readClaim(host: string, identity: Identity, mayAsk: boolean): Promise<ClaimReading>;
  /** Whether the host was signed out of as a whole, whoever answers for it. */
  isHostSignedOut(host: string): Promise<boolean>;
  /** What was typed for a host; asks no keychain. */
  findStored(host: string): Promise<StoredLogin | undefined>;
  /** Why what was typed for a host does not count; undefined: it counts, or there is none. Asks no keychain. */
  whyStoredUnusable(host: string): Promise<AppError | undefined>;
  readStored(login: StoredLogin): Promise<SecretReading>;
  /**
   * Whether a registry takes a cluster's token for what it is. It is reached as any host is, by the system's roots and the
   * environment's proxy: what a kubeconfig says of the cluster proves nothing about somebody else's name.
   */
  registryTakes(host: string, token: ClusterToken): Promise<boolean>;
}

/** How far the search for facts goes. */
export interface Search {
  /** False: no cluster, registry or keychain is asked; what they said before counts. */
  readonly mayAsk: boolean;
  /** Left out: what was typed before is looked up; null: it is left out of account; else this was typed just now. */
  readonly typed?: HostFacts['typed'] | null;
  /** Left out: whether a person signed out by `logout` is looked up; else taken for said. */
  readonly signedOut?: boolean;
}

/** A host's resolution, and what it follows from. */
export interface Gathered {
  readonly facts: HostFacts;
  readonly resolution: Resolution;
  /** What is kept for the host as typed. */
  readonly stored: StoredLogin | undefined;
}

/**
 * Looks up what a host's resolution asks for until it asks no more.
 * @param records where nothing is going to be decided anew: what is known of the token from files
 */
export async function gatherFacts(
  host: string,
  search: Search,
  ports: FactPorts,
  records?: {
    /** The token that the host would get now, as far as it lies somewhere. */
    heldToken(host: string, own: OwnChoice): Promise<HeldToken>;
    lastAnswer(host: string): Pick<HostFacts, 'knowledge' | 'last'>;
  },
): Promise<Gathered> {
  const settings = await ports.readSettings(host);
  const isKept = search.typed === undefined;
  const stored = isKept ? await ports.findStored(host) : undefined;
  const unusable = isKept && stored === undefined ? await ports.whyStoredUnusable(host) : undefined;
  const typed = stored === undefined ? (search.typed ?? undefined) : typedFacts(stored, search);
  const facts: HostFacts = {
    nowMs: ports.nowMs(),
    settings,
    signedOut: search.signedOut ?? (await ports.isHostSignedOut(host)),
    typed,
    unusable: unusable === undefined ? undefined : reasonOf(unusable),
    ...records?.lastAnswer(host),
  };
  const gathered = await resolveFurther(host, { facts, stored }, search, ports);
  const { own } = gathered.resolution;
  if (records === undefined || own === undefined) return gathered;
  const held = await records.heldToken(host, own);
  return resolveFurther(host, { ...gathered, facts: { ...gathered.facts, held } }, search, ports);
}

/** The same from facts that are there already. */
export async function resolveFurther(
  host: string,
  known: Omit<Gathered, 'resolution'>,
  search: Search,
  ports: FactPorts,
): Promise<Gathered> {
  for (let gathered = known; ; ) {
    const resolution = resolveHost(host, gathered.facts);
    if (resolution.asks === undefined) return { ...gathered, resolution };
    gathered = await answered(resolution.asks, host, gathered, search, ports);
  }
}

async function answered(
  question: Question,
  host: string,
  { facts, stored }: Omit<Gathered, 'resolution'>,
  search: Search,
  ports: FactPorts,
): Promise<Omit<Gathered, 'resolution'>> {
  switch (question.kind) {
    case 'identities':
      return { facts: { ...facts, identities: await ports.readIdentities() }, stored };
    case 'claim': {
      const mayAsk = search.mayAsk && question.mayAsk;
      return { facts: { ...facts, claim: await ports.readClaim(host, question.identity, mayAsk) }, stored };
    }
    case 'proof':
      return {
        facts: { ...facts, proof: search.mayAsk && (await takesTokensOf(question.identity, host, ports)) },
        stored,
      };
    case 'secret': {
      if (stored === undefined) throw new Error('a secret is asked for that nobody keeps');
      const reading = await ports.readStored(stored);
      // One that another has just taken the place of is gone, and that other is there.
      const other = 'fault' in reading && reading.fault === 'gone' ? await ports.findStored(host) : undefined;
      if (other !== undefined && other.id !== stored.id) {
        return { facts: { ...facts, typed: typedFacts(other, search) }, stored: other };
      }
      return { facts: { ...facts, typed: { login: stored, reading } }, stored };
    }
  }
}

function typedFacts(login: StoredLogin, { mayAsk }: Search): NonNullable<HostFacts['typed']> {
  return mayAsk ? { login } : { login, reading: null };
}

/**
 * Whether a registry takes the current login's own token. A login that was typed for it should not go to whichever cluster
 * a person is logged in to, and that calls any host its own: only the registry of a cluster takes its tokens.
 */
async function takesTokensOf(current: Identity, host: string, ports: FactPorts): Promise<boolean> {
  if (current.source.kind === 'none' || current.source.kind === 'client-certificate') return false;
  try {
    const { token } = await ports.obtainToken(host, current, undefined, undefined);
    if (await ports.isSignedOut(host, ports.fingerprintOf(token))) return false;
    return await ports.registryTakes(host, token);
  } catch (error) {
    // Who has no token proves nothing; a defect is told.
    if (!(error instanceof AppError)) throw error;
    return false;
  }
}
