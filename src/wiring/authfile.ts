import { type FreshLogin, runAuthfile, type TokenWish } from '../commands/authfile/run-authfile.ts';
import { inspectAuthFile, writeAuthFile } from '../engines/edits/auth-file.ts';
import { type Place, stateDirectory } from '../files/directories.ts';
import type { RegistryProbe } from '../hosts/check-token.ts';
import type { SettingsReading } from '../hosts/host-facts.ts';
import { AppError, inOneLine, type Reason } from '../hosts/reason.ts';
import { type Binding, bindHost } from '../registry/bind-host.ts';
import { clusterDisplayName } from '../registry/catalogue.ts';
import { decide } from './decide.ts';
import { printer } from './printer.ts';
import { createSession, type Session } from './session.ts';
import { bindingOf } from './setup.ts';
import { place } from './this-process.ts';

/** How long one host may take: a job waits for it, and no engine. */
const HOST_MS = 20_000;

/** Why a token that its cluster accepts is not written. */
const WHY_NOT: Record<Exclude<RegistryProbe, 'accepted'>, string> = {
  refused: 'it refuses a token that its cluster accepts',
  failing: 'it answers and fails just now, so that nobody knows whether it takes the token',
  unreachable: 'it could not be reached',
};

/** @returns the exit status */
export function authfile(args: string[]): Promise<number> {
  const here = place();
  return runAuthfile(args, {
    ...printer,
    nowMs: Date.now,
    inspect: (path, hosts) => inspectAuthFile(here, path, hosts),
    obtain: (host, wish) => obtain(host, wish, here),
    write: (path, logins) => writeAuthFile(here, stateDirectory(here), path, logins),
  });
}

async function obtain(host: string, wish: TokenWish, here: Place): Promise<FreshLogin> {
  const session = await sessionFor(host, wish, here);
  // Decided as for `get`; not kept: the next `get` is answered with what the config says, and not with this wish.
  const { answer, identity, knowledge, token } = await decide(host, session);
  if (answer.kind === 'anonymous')
    throw noToken(answer.reasons, bindHost(host, (await session.readSettings(host)).settings));
  if (identity === undefined || token === undefined || answer.unchecked === true) {
    throw refused(host, 'its cluster could not be asked about the token');
  }
  const { username, secret, expiresAtMs } = answer;
  const probe = await session.access.probeRegistry(host, identity, username, token);
  if (probe !== 'accepted') throw refused(host, WHY_NOT[probe]);
  const { settings } = await session.readSettings(host);
  const isOwn =
    settings?.serviceAccount === undefined &&
    identity.source.kind === 'token' &&
    identity.context !== undefined;
  return {
    host,
    username,
    secret,
    expiresAtMs,
    endsWhenIdle: knowledge?.endsWhenIdle === true,
    ownLoginTo: isOwn ? clusterDisplayName(identity.server) : undefined,
  };
}

/** A session in which the config says of the host what was wished for. */
async function sessionFor(
  host: string,
  { context, serviceAccount }: TokenWish,
  here: Place,
): Promise<Session> {
  const session = createSession(here, performance.now() + HOST_MS, true, true);
  const before = await session.readSettings(host);
  // What a person typed lies in a keychain, and is not copied from there into a file.
  const secrets = { ...session.secrets, find: () => undefined };
  if (before.problem !== undefined || before.settings?.anonymous === true) return { ...session, secrets };
  const bound = context === undefined ? undefined : await bindingOf(host, context, session);
  const settings = {
    ...(bound === undefined
      ? before.settings
      : { server: bound.server, user: bound.user, context: bound.context }),
    ...(serviceAccount === undefined ? {} : { serviceAccount, selfRenew: false, tokenFile: undefined }),
  };
  const isWished = bound !== undefined || serviceAccount !== undefined;
  const reading: SettingsReading = { ...before, settings: isWished ? settings : before.settings };
  return {
    ...session,
    secrets,
    readSettings: async (name) => (name === host ? reading : session.readSettings(name)),
  };
}

function noToken(reasons: readonly Reason[], { kind }: Binding): AppError {
  if (reasons.length > 0) return new AppError({ code: 'no-token', message: inOneLine(reasons) });
  const code = 'not-bound';
  if (kind === 'foreign')
    return new AppError({ code, message: 'no token goes there: it is a public registry' });
  if (kind === 'anonymous')
    return new AppError({ code, message: 'no token goes there: the config keeps it anonymous' });
  const message = 'no token goes there: it is bound to no cluster';
  return new AppError({ code, message, fix: { run: 'docker-credential-openshift setup' } });
}

function refused(host: string, why: string): AppError {
  return new AppError({
    code: 'not-accepted',
    message: why,
    fix: { run: `docker-credential-openshift doctor ${host}` },
  });
}
