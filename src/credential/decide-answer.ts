import { type Binding, bindHost, type RegistrySettings } from '../registry/bind-host.ts';
import { clusterDisplayName } from '../registry/catalogue.ts';
import type { Answer } from './answer.ts';
import type { TokenKnowledge } from './cached-answer.ts';
import { type CheckPorts, checkToken } from './check-token.ts';
import { chooseIdentity } from './choose-identity.ts';
import type { Identities, Identity } from './identity.ts';
import { loginCommand } from './login-command.ts';

/** What the user's config says of one registry host. */
export interface SettingsReading {
  readonly settings: RegistrySettings | undefined;
  /** Why they can't be relied on: a sentence that names the file, line and column. */
  readonly problem: string | undefined;
  /** A fault elsewhere in the file, which the person should hear of. */
  readonly warning: string | undefined;
}

/** Which registry hosts are a cluster's, by its own word. */
export interface ClaimReading {
  readonly claimed: boolean;
  /** Other API servers that were heard to claim the same host. */
  readonly rivals: readonly string[];
}

export interface DecidePorts extends CheckPorts {
  readSettings(host: string): Promise<SettingsReading>;
  readIdentities(): Promise<Identities>;
  /** Asks the identity's cluster, or remembers what it said; never throws. */
  readClaim(host: string, identity: Identity): Promise<ClaimReading>;
  /** @throws AppError naming the file, where the token can't be read */
  readToken(identity: Identity): Promise<string>;
  fingerprintOf(token: string): string;
  /** What was known of the host's token when it was last asked for. */
  recallKnowledge(): TokenKnowledge | undefined;
  isSignedOut(host: string, fingerprint: string): Promise<boolean>;
}

/** An answer, and what was learnt on the way. */
export interface Decision {
  readonly answer: Answer;
  readonly knowledge?: TokenKnowledge;
  /** Something that the person should hear although the answer is a credential. */
  readonly warning?: string;
}

/**
 * `get`, from the start: where the host belongs, who answers for it, and whether the cluster accepts the token.
 * @param host a normalised registry host
 */
export async function decideAnswer(host: string, ports: DecidePorts): Promise<Decision> {
  const { settings, problem, warning } = await ports.readSettings(host);
  if (problem !== undefined) return anonymous(problem);
  const decision = await decideFor(host, settings, ports);
  // With an anonymous answer its reason is enough, and of a host that is not ours nothing is said.
  if (warning === undefined || decision.answer.kind === 'anonymous') return decision;
  return {
    ...decision,
    warning: decision.warning === undefined ? warning : `${decision.warning} ${warning}`,
  };
}

async function decideFor(
  host: string,
  settings: RegistrySettings | undefined,
  ports: DecidePorts,
): Promise<Decision> {
  const binding = bindHost(host, settings);
  if (binding.kind === 'anonymous' || binding.kind === 'foreign') return anonymous(null);
  if (binding.kind === 'closed') return anonymous(binding.reason);

  const identities = await ports.readIdentities();
  const choice = await identityFor(host, binding, identities, ports);
  if ('reason' in choice) return anonymous(choice.reason);
  const { identity } = choice;
  if (identity.source.kind === 'none') return anonymous(identity.source.reason);

  const token = await ports.readToken(identity);
  const fingerprint = ports.fingerprintOf(token);
  if (await ports.isSignedOut(host, fingerprint)) {
    const cluster = clusterDisplayName(identity.server);
    return anonymous(
      `You signed out of ${host}. To sign in to ${cluster} again, run: ${loginCommand(identity.server)}`,
    );
  }
  const recalled = ports.recallKnowledge();
  const known = recalled?.fingerprint === fingerprint ? recalled : { fingerprint };
  const { answer, knowledge } = await checkToken(host, identity, token, known, ports);
  const warning = identity.insecure && answer.kind === 'credential' ? insecureWarning(identity) : undefined;
  return { answer, knowledge, ...(warning === undefined ? {} : { warning }) };
}

/** Who answers for a host; `reason: null` where nothing is said, since the host is not ours to speak of. */
export async function identityFor(
  host: string,
  binding: Extract<Binding, { kind: 'bound' | 'in-cluster' | 'by-claim' }>,
  identities: Identities,
  ports: Pick<DecidePorts, 'readClaim'>,
): Promise<{ identity: Identity } | { reason: string | null }> {
  if (binding.kind !== 'by-claim') return chooseIdentity(host, binding, identities);
  const { current } = identities;
  if (current === undefined || current.insecure) return { reason: null };
  const { claimed, rivals } = await ports.readClaim(host, current);
  if (!claimed) return { reason: null };
  if (rivals.length > 0) {
    const clusters = [current.server, ...rivals].join(' and ');
    const mend = `docker-credential-openshift setup ${host} --context NAME`;
    return { reason: `${clusters} both claim ${host}. Say which one it is of. Run: ${mend}` };
  }
  return { identity: current };
}

function anonymous(reason: string | null): Decision {
  return { answer: { kind: 'anonymous', reason } };
}

function insecureWarning(identity: Identity): string {
  return `The certificate of ${identity.server} is not verified (insecure-skip-tls-verify in the kubeconfig).`;
}
