import type { RegistryProbe } from '../../hosts/check-token.ts';
import { durationInWords } from '../../hosts/clock.ts';
import { type Decision, ownerOf } from '../../hosts/decide-answer.ts';
import type { SettingsReading } from '../../hosts/host-facts.ts';
import { type ClusterToken, type Identity, parseServiceAccount } from '../../hosts/identity.ts';
import { nameInSentence } from '../../hosts/quoting.ts';
import { AppError, describeError, errorOf, type Fix, type Reason } from '../../hosts/reason.ts';
import { resolveHost } from '../../hosts/resolve-host.ts';
import type { Printer } from '../../process/terminal.ts';
import type { RegistrySettings } from '../../registry/bind-host.ts';
import { clusterDisplayName } from '../../registry/catalogue.ts';
import { decide } from '../../session/facts.ts';
import type { Session } from '../../session/session.ts';
import { parseHosts, parseWords, runAsCommand } from '../parse-words.ts';
import { linkedLogin } from '../setup/this-machine.ts';
import { AUTHFILE } from './declaration.ts';

export interface AuthfilePorts extends Printer {
  nowMs(): number;
  /**
   * Whether the file can hold logins for the hosts.
   * @returns what whoever uses it should know @throws AppError if it can't
   */
  inspect(path: string, hosts: readonly string[]): Promise<readonly string[]>;
  /** @throws AppError: why there is no token that the registry takes */
  obtain(host: string, wish: TokenWish): Promise<FreshLogin>;
  /** @returns what changed, in sentences @throws AppError naming the file, which is then as it was */
  write(path: string, logins: readonly FreshLogin[]): Promise<readonly string[]>;
}

interface Parsed extends TokenWish {
  readonly path: string;
  readonly hosts: readonly string[];
}

/**
 * `authfile --to FILE HOST… [--service-account NAMESPACE/NAME] [--context NAME]`: a standalone auth file with fresh
 * tokens, for tools that know no helpers. All of the hosts get one, or none.
 * @returns the exit status: 0, 1 if nothing was written (said on stderr), 2 for a wrong command line
 */
export function runAuthfile(args: readonly string[], ports: AuthfilePorts): Promise<number> {
  return runAsCommand(AUTHFILE, parse(args), ports, (parsed) => makeFile(parsed, ports));
}

async function makeFile({ path, hosts, ...wish }: Parsed, ports: AuthfilePorts): Promise<number> {
  const warnings = await ports.inspect(path, hosts);
  const logins: FreshLogin[] = [];
  const faults: string[] = [];
  await Promise.all(
    hosts.map(async (host) => {
      try {
        logins.push(await ports.obtain(host, wish));
      } catch (error) {
        // All that is missing is told at once; a defect is not told as that.
        if (!(error instanceof AppError)) throw error;
        faults.push(`${host}: ${describeError(error)}`);
      }
    }),
  );
  if (faults.length > 0) {
    for (const fault of faults.sort()) ports.printError(fault);
    ports.printError(`Nothing was written to ${path}.`);
    return 1;
  }
  logins.sort((one, other) => hosts.indexOf(one.host) - hosts.indexOf(other.host));
  for (const change of await ports.write(path, logins)) ports.print(`${path}: ${change}`);
  for (const login of logins) ports.print(describeLogin(login, ports.nowMs()));
  for (const warning of [...warnings, ...ownLogins(path, logins)]) ports.printError(warning);
  return 0;
}

function describeLogin({ host, user, expiresAtMs, endsWhenIdle }: FreshLogin, nowMs: number): string {
  const idle = expiresAtMs !== null && endsWhenIdle ? ', or until nobody used it for a while' : '';
  return `${host}: as ${nameInSentence(user)}, ${validity(expiresAtMs, nowMs)}${idle}`;
}

/** Until when a token is good. @param expiresAtMs ms since the epoch; null: it has no known end */
export function validity(expiresAtMs: number | null, nowMs: number): string {
  if (expiresAtMs === null) return 'valid without a known end';
  const end = new Date(expiresAtMs).toISOString().replace(/^([^T]*)T(\d\d:\d\d).*$/, '$1 $2 UTC');
  return `valid until ${end} (${durationInWords(Math.max(0, expiresAtMs - nowMs))})`;
}

function ownLogins(path: string, logins: readonly FreshLogin[]): string[] {
  const clusters = new Set(logins.flatMap(({ ownLoginTo }) => ownLoginTo ?? []));
  if (clusters.size === 0) return [];
  return [
    `Warning: whoever reads ${path} can do what you can at ${[...clusters].join(' and ')}. A service account can do less: --service-account NAMESPACE/NAME`,
  ];
}

/** @returns the arguments, or what is wrong with them, in one sentence */
function parse(args: readonly string[]): Parsed | string {
  const words = parseWords(args, AUTHFILE);
  if (typeof words === 'string') return words;
  const { to: path, context, 'service-account': serviceAccount } = words.values;
  if (path === undefined) return 'Which file? Name it with --to FILE.';
  if (path === '-') return 'Tokens are written to a file only, and not printed: name one with --to FILE.';
  if (serviceAccount !== undefined && parseServiceAccount(serviceAccount) === undefined) {
    return '--service-account needs NAMESPACE/NAME.';
  }
  const hosts = parseHosts(words.positionals);
  if (typeof hosts === 'string') return hosts;
  if (hosts.length === 0) return 'Which registry? Name at least one HOST.';
  return { path, hosts, context, serviceAccount };
}

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
    user: ownerOf(answer, { knowledge }),
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
      return error('it is linked to no cluster', {
        do: `If it is the registry of one of your clusters: docker-credential-openshift setup ${host}`,
      });
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
