import type { RegistryProbe } from '../../hosts/check-token.ts';
import type { ClusterToken } from '../../hosts/cluster-token.ts';
import type { Decision } from '../../hosts/decide-answer.ts';
import type { SettingsReading } from '../../hosts/host-facts.ts';
import type { Identity } from '../../hosts/identity.ts';
import { AppError, errorOf, type Fix, type Reason } from '../../hosts/reason.ts';
import { resolveHost } from '../../hosts/resolve-host.ts';
import type { RegistrySettings } from '../../registry/bind-host.ts';
import { clusterDisplayName } from '../../registry/catalogue.ts';
import { decide } from '../../session/facts.ts';
import type { Session } from '../../session/session.ts';
import { linkedLogin } from '../setup/find-login-here.ts';

/** A token that the cluster and the registry took a moment ago. */
export interface FreshLogin {
  readonly host: string;
  /** Not empty, without a colon. */
  readonly username: string;
  /** How the cluster calls its owner. */
  readonly user: string;
  readonly secret: string;
  /** Ms since the epoch; null: it has no known end. */
  readonly expiresAtMs: number | null;
  /** It ends earlier if nobody uses it. */
  readonly endsWhenIdle: boolean;
  /** The cluster where it is a person's own login; undefined: it is not. */
  readonly ownLoginTo: string | undefined;
}

/** Whose token is wanted, where it is not the one that `get` answers with. */
export interface TokenWish {
  readonly context: string | undefined;
  /** `NAMESPACE/NAME` */
  readonly serviceAccount: string | undefined;
}

/** Why a token that its cluster accepts is not written. */
const WHY_NOT: Record<Exclude<RegistryProbe, 'accepted'>, string> = {
  refused: 'it refuses a token that its cluster accepts',
  failing: 'it answers and fails just now, so that nobody knows whether it takes the token',
  unreachable: 'it could not be reached',
};

/** @returns what the config would say of a host with what was wished for; what is broken or anonymous stays so */
function wishedSettings(
  reading: SettingsReading,
  login: Pick<RegistrySettings, 'server' | 'user' | 'context'> | undefined,
  { serviceAccount }: Pick<TokenWish, 'serviceAccount'>,
): SettingsReading {
  if (reading.problem !== undefined || reading.settings?.anonymous === true) return reading;
  if (login === undefined && serviceAccount === undefined) return reading;
  const { server, user, context } = login ?? {};
  const before = login === undefined ? reading.settings : { server, user, context };
  const minted = { serviceAccount, selfRenew: false, tokenFile: undefined };
  return { ...reading, settings: serviceAccount === undefined ? before : { ...before, ...minted } };
}

/**
 * The token of a decision, once the registry has taken it.
 * @param probe asks the registry
 * @throws AppError: why there is no token that the registry takes
 */
async function freshLogin(
  host: string,
  { answer, identity, knowledge, token }: Decision,
  settings: RegistrySettings | undefined,
  probe: (identity: Identity, username: string, token: ClusterToken) => Promise<RegistryProbe>,
): Promise<FreshLogin> {
  if (answer.kind === 'anonymous') throw whyNoToken(host, answer.reasons, settings);
  const doctor = { run: `docker-credential-openshift doctor ${host}` };
  const refused = (why: string) => new AppError({ code: 'not-accepted', message: why, fix: doctor });
  if (identity === undefined || token === undefined || answer.unchecked === true) {
    throw refused('its cluster could not be asked about the token');
  }
  const { username, secret, expiresAtMs } = answer;
  const word = await probe(identity, username, token);
  if (word !== 'accepted') throw refused(WHY_NOT[word]);
  const isOwn =
    settings?.serviceAccount === undefined &&
    identity.source.kind === 'token' &&
    identity.context !== undefined;
  return {
    host,
    username,
    user: knowledge?.username || username,
    secret,
    expiresAtMs,
    endsWhenIdle: knowledge?.endsWhenIdle === true,
    ownLoginTo: isOwn ? clusterDisplayName(identity.server) : undefined,
  };
}

/** @param reasons why the host is anonymous; none where no token goes there at all */
export function whyNoToken(
  host: string,
  reasons: readonly Reason[],
  settings: RegistrySettings | undefined,
): AppError {
  if (reasons.length > 0) return errorOf(...reasons);
  const error = (why: string, fix?: Fix) =>
    new AppError({ code: 'not-linked', message: `no token goes there: ${why}`, fix });
  switch (resolveHost(host, { nowMs: 0, settings: { settings } }).binding?.kind) {
    case 'foreign':
      return error('it is a public registry');
    case 'anonymous':
      return error('the config keeps it anonymous');
    default:
      return error('it is linked to no cluster', { run: `docker-credential-openshift setup ${host}` });
  }
}

/** A host's login as this command wishes it, had with the real files and clusters. @throws AppError why there is none */
export async function obtainLogin(host: string, wish: TokenWish, found: Session): Promise<FreshLogin> {
  const { context } = wish;
  const login = context === undefined ? undefined : await linkedLogin(host, context, found);
  const reading = wishedSettings(await found.readSettings(host), login, wish);
  const session: Session = {
    ...found,
    // What a person typed lies in a keychain, and is not copied from there into a file.
    secrets: { ...found.secrets, find: () => undefined },
    readSettings: async (name) => (name === host ? reading : found.readSettings(name)),
  };
  // Decided as for `get`; not kept: the next `get` is answered with what the config says, and not with this wish.
  return freshLogin(host, await decide(host, session), reading.settings, (identity, username, token) =>
    session.access.probeRegistry(host, identity, username, token),
  );
}
