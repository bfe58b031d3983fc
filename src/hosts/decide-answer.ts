import { type Binding, bindHost, type RegistrySettings } from '../registry/bind-host.ts';
import type { CredentialAnswer } from './answer.ts';
import { type AnswerWithTokenPorts, answerWithToken, type TokenAnswer } from './answer-with-token.ts';
import { chooseContext, chooseIdentity, closedReason } from './choose-identity.ts';
import type { Identities, Identity } from './identity.ts';
import { engineLoginCommand, loginCommand } from './login-command.ts';
import type { ServiceAccountOrder } from './obtain-token.ts';
import { AppError, type Fix, type Reason, reasonOf } from './reason.ts';
import { ambiguousRoute, routeToServer } from './route-to-server.ts';
import { parseServiceAccount } from './service-account-name.ts';

/** The life that is asked for where the config says nothing: a working day. */
const DEFAULT_LIFE_SECONDS = 8 * 3600;

/** What the user's config says of one registry host. */
export interface SettingsReading {
  readonly settings: RegistrySettings | undefined;
  /** Why they can't be relied on: it names the file, line and column. */
  readonly problem: Reason | undefined;
  /** A fault elsewhere in the file, which the person should hear of. */
  readonly warning: Reason | undefined;
}

/** Which registry hosts are a cluster's, by its own word. */
export interface ClaimReading {
  readonly claimed: boolean;
  /** Other API servers that were heard to claim the same host. */
  readonly rivals: readonly string[];
}

export interface DecidePorts extends AnswerWithTokenPorts {
  readSettings(host: string): Promise<SettingsReading>;
  readIdentities(): Promise<Identities>;
  /** Asks the identity's cluster, or remembers what it said; never throws. */
  readClaim(host: string, identity: Identity): Promise<ClaimReading>;
  /** Whether a cluster is bound to the host by the config, the catalogue or what it said before; asks none. */
  isClusterKnown(host: string): Promise<boolean>;
  /** Whether the host was signed out of as a whole, whoever answers for it. */
  isHostSignedOut(host: string): Promise<boolean>;
}

/** An answer, and what was learnt on the way. */
export interface Decision extends TokenAnswer {
  /** Whose token it is; undefined where nobody answers. */
  readonly identity?: Identity;
  /**
   * False for what is kept in no file: a token that lies on the cluster only and does not end by itself within a day, and
   * that a keychain could not be read.
   */
  readonly mayLie?: boolean;
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
  return { ...decision, warnings: [...(decision.warnings ?? []), warning] };
}

async function decideFor(
  host: string,
  settings: RegistrySettings | undefined,
  ports: DecidePorts,
): Promise<Decision> {
  const binding = bindHost(host, settings);
  if (binding.kind === 'anonymous' || binding.kind === 'foreign') return anonymous();
  if (binding.kind === 'closed') return anonymous(closedReason(host, binding));
  // Before anything is obtained: a sign-out that mints tokens would be none.
  if (await ports.isHostSignedOut(host)) {
    const reason = signedOutReason(host, settings, await ports.isClusterKnown(host));
    return { ...anonymous(reason), signedOut: true };
  }

  const identities = await ports.readIdentities();
  const choice = await identityFor(host, binding, settings, identities, ports);
  if ('reason' in choice) return anonymous(choice.reason ?? undefined);
  const { identity } = choice;
  const order = serviceAccountOrder(settings);
  if (identity.source.kind === 'none' && order?.selfRenew !== true) return anonymous(identity.source.reason);
  try {
    const answered = await answerWithToken(host, identity, order, ports);
    const { answer } = answered;
    const mayLie =
      order === undefined || answer.kind === 'anonymous' || endsSoonEnough(answer, ports.nowMs());
    return { ...answered, identity, mayLie };
  } catch (error) {
    // What keeps a token from being had is a reason to go on without one; a defect is not told as one.
    if (!(error instanceof AppError)) throw error;
    return { ...anonymous(reasonOf(error)), identity };
  }
}

/** Why a host that a person signed out of by `logout` gets no token, and the command that signs it in again. */
export function signedOutReason(
  host: string,
  settings: RegistrySettings | undefined,
  isClusterKnown: boolean,
): Reason {
  const fix = { run: signInCommand(host, settings, isClusterKnown) };
  return { code: 'signed-out', why: `You signed out of ${host} by \`logout\``, fix };
}

/**
 * The command that lifts a sign-out: a login where a person's own is wanted; whatever else answers for the host needs
 * none, and `setup` lifts it, too.
 * @param isClusterKnown false: the host is of no cluster, as far as is known, so that only an engine's login is one of it
 */
export function signInCommand(
  host: string,
  settings: RegistrySettings | undefined,
  isClusterKnown: boolean,
): string {
  if (!isClusterKnown) return engineLoginCommand(host);
  const isPersons =
    settings?.serviceAccount === undefined && settings?.tokenFile === undefined && settings?.current !== true;
  return `docker-credential-openshift ${isPersons ? 'login' : 'setup'} ${host}`;
}

/** What ends by itself within a day, and what little a cluster may add to that, may lie in a private file. */
function endsSoonEnough({ expiresAtMs }: CredentialAnswer, nowMs: number): boolean {
  return expiresAtMs !== null && expiresAtMs - nowMs <= 25 * 3_600_000;
}

/** What is minted for a host, if the config says so. */
export function serviceAccountOrder(settings: RegistrySettings | undefined): ServiceAccountOrder | undefined {
  const account = parseServiceAccount(settings?.serviceAccount ?? '');
  if (account === undefined) return undefined;
  const lifeSeconds = settings?.tokenLifetime ?? DEFAULT_LIFE_SECONDS;
  return { ...account, lifeSeconds, selfRenew: settings?.selfRenew === true };
}

/** Who answers for a host; `reason: null` where nothing is said, since the host is not ours to speak of. */
export async function identityFor(
  host: string,
  binding: Exclude<Binding, { kind: 'anonymous' | 'foreign' | 'closed' }>,
  settings: RegistrySettings | undefined,
  identities: Identities,
  ports: Pick<DecidePorts, 'readClaim'>,
): Promise<{ identity: Identity } | { reason: Reason | null }> {
  const { current } = identities;
  const given = binding.kind === 'bound' ? tokenFileIdentity(binding, settings, identities) : undefined;
  if (given !== undefined) return given;
  if (settings?.tokenFile !== undefined) {
    const why = `${host}: its tokenFile says nothing of whose token it is`;
    const fix: Fix = { do: 'Name its server beside it in the config.' };
    return { reason: { code: 'token-file-without-server', why, fix } };
  }
  if (binding.kind === 'current') {
    if (current !== undefined) return chooseIdentity(host, onServer(current.server, settings), identities);
    const why = `${host}: no context is current${problemsOf(identities)}`;
    const fix = { run: loginCommand('https://API-SERVER:6443') };
    return { reason: { code: 'no-current-context', why, fix } };
  }
  if (binding.kind !== 'by-claim') return chooseIdentity(host, binding, identities);
  if (current === undefined || current.insecure) return { reason: null };
  const { claimed, rivals } = await ports.readClaim(host, current);
  if (!claimed) return { reason: null };
  if (rivals.length > 0) {
    const clusters = [current.server, ...rivals].join(' and ');
    const why = `${clusters} both claim ${host}, and nothing says which one it is of`;
    return { reason: { code: 'claimed-by-two', why, fix: chooseContext(host) } };
  }
  return chooseIdentity(host, onServer(current.server, settings), identities);
}

/** The cluster is known by now; which of its users answers is still the config's to say. */
function onServer(server: string, settings: RegistrySettings | undefined) {
  return { kind: 'bound', server, context: undefined, user: settings?.user } as const;
}

/** The config's `tokenFile` needs no login: the server that it is for stands beside it. */
function tokenFileIdentity(
  { server, context }: Extract<Binding, { kind: 'bound' }>,
  settings: RegistrySettings | undefined,
  identities: Identities,
): { identity: Identity } | { reason: Reason } | undefined {
  const path = settings?.tokenFile;
  if (path === undefined || server === undefined) return undefined;
  const choice = routeToServer(server, identities, context);
  if ('rivals' in choice) return { reason: ambiguousRoute(server, choice.rivals) };
  const identity: Identity = {
    ...choice.route,
    user: path,
    context: undefined,
    namespace: undefined,
    inCluster: false,
    source: { kind: 'token-file', path },
  };
  return { identity };
}

function problemsOf({ problems }: Identities): string {
  return problems.length === 0 ? '' : ` (${problems.join('; ')})`;
}

function anonymous(...reasons: (Reason | undefined)[]): Decision {
  return { answer: { kind: 'anonymous', reasons: reasons.filter((reason) => reason !== undefined) } };
}
