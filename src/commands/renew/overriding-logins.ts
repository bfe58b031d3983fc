import type { FileLogin } from '../../engines/config-files/login-in-entry.ts';
import { type Repair, repairEngines } from '../../engines/edits/repair-engines.ts';
import { knownTokens } from '../../files/answers.ts';
import type { Place } from '../../files/directories.ts';
import { fingerprintOf } from '../../files/sign-outs.ts';
import type { ClusterToken, Identity, Route } from '../../hosts/identity.ts';
import { jwtEndMs } from '../../hosts/jwt.ts';
import { AppError, errorOf } from '../../hosts/reason.ts';
import type { TypedCredential } from '../../hosts/store-and-erase.ts';
import { storedIdentity } from '../../hosts/typed-token.ts';
import { resolve } from '../../session/facts.ts';
import { createSession, type Session } from '../../session/session.ts';
import { store } from '../../session/store-and-erase.ts';
import { bearerOf } from '../../session/tokens.ts';

/** What all logins together may take: clusters are asked about them, and a keychain is written to. */
const ALL_MS = 20_000;

/**
 * Takes logins that override the helper out of the engines' files; what is good for something is kept by the helper.
 * @returns what was done and what still overrides it, in sentences
 */
export function repairHere(here: Place, hosts: readonly string[]): Promise<Repair> {
  const session = createSession(here, { withinMs: ALL_MS });
  return repairEngines(
    here,
    hosts,
    (login) => isNeedless(login, session),
    (login) => keepUnlessAnother(login, session),
  );
}

/** Whether nothing is lost with a login: a token of the person's own contexts, one that is known here, or a dead one. */
async function isNeedless(login: FileLogin, session: Session): Promise<boolean> {
  const { host, secret } = login;
  // What was answered of a stored login is not known as a token of a context.
  if (session.secrets.find(host) === undefined && knownOf(secret, session) !== undefined) return true;
  const { identities } = await session.identities();
  for (const identity of identities.all) if ((await tokenAtHand(identity, session)) === secret) return true;
  return isDead(login, session);
}

function knownOf(secret: string, { cache, here }: Session) {
  const fingerprint = fingerprintOf(secret);
  const tokens = cache === null ? [] : knownTokens(cache, here.uid);
  return tokens.find((token) => token.fingerprint === fingerprint);
}

/** @returns whether a login has expired or was revoked, as far as that can be told in the session's time */
export async function isDead({ host, username, secret }: FileLogin, session: Session): Promise<boolean> {
  const known = knownOf(secret, session);
  const endsAtMs = jwtEndMs(secret) ?? known?.expiresAtMs ?? undefined;
  if (known?.revoked === true || (endsAtMs !== undefined && endsAtMs <= session.nowMs())) return true;
  const login = { username, boundTo: undefined, expiresAtMs: undefined };
  const typed = { login, reading: { secret } };
  const { resolution } = await resolve(host, session, { mayAsk: true, typed, signedOut: false });
  const { route, token } = resolution.typed ?? {};
  // Nothing is sent to whom nobody verifies.
  if (route === undefined || route.insecure || token === undefined) return false;
  const said = await session.access.inspectToken(storedIdentity(route, username, token), token);
  return said.kind === 'revoked' || (said.kind === 'rejected' && (await isValidating(route, session)));
}

/** A cluster that can't validate tokens says 401 of live ones, too: one that it accepts in this moment tells them apart. */
async function isValidating({ server, route }: Route, session: Session): Promise<boolean> {
  const { identities } = await session.identities();
  for (const identity of identities.all) {
    // By no other connection than the token that is in question.
    if (identity.server !== server || identity.route !== route) continue;
    const token = await tokenAtHand(identity, session);
    if (token === undefined) continue;
    if ((await session.access.inspectToken(identity, token)).kind === 'accepted') return true;
  }
  return false;
}

/** No plugin is run for this: what it gave before is known by its fingerprint. */
async function tokenAtHand(identity: Identity, session: Session): Promise<ClusterToken | undefined> {
  const { source } = identity;
  if (source.kind === 'token') return source.token;
  if (source.kind !== 'token-file') return undefined;
  try {
    return await bearerOf(identity, session);
  } catch (error) {
    // A file that can't be read holds no token that could be compared.
    if (!(error instanceof AppError)) throw error;
    return undefined;
  }
}

/** In the background nothing is replaced that a person had kept, and no sign-out is lifted. */
async function keepUnlessAnother(login: TypedCredential, session: Session): Promise<void> {
  const { host, secret } = login;
  const { resolution, facts } = await resolve(host, session, { mayAsk: false, typed: null });
  const [signedOut] = resolution.reasons;
  if (facts.signedOut === true && signedOut !== undefined) throw errorOf(signedOut);
  const stored = session.secrets.find(host);
  const isOver = typeof stored?.expiresAtMs === 'number' && stored.expiresAtMs <= session.nowMs();
  if (stored !== undefined && !isOver) {
    const reading = await session.secrets.read(stored);
    const isOther = !('secret' in reading) || reading.secret !== secret;
    if (isOther && !('fault' in reading && reading.fault === 'gone'))
      throw new AppError({
        code: 'another-login-kept',
        message: `the helper keeps another login for ${host}, of ${stored.username}`,
        fix: {
          do: `To use this one, run docker-credential-openshift logout ${host}, and log in again; else take the entry out of the file.`,
        },
      });
  }
  await store(login, session);
}
