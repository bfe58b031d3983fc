import { clusterDisplayName } from '../registry/catalogue.ts';
import type { Inspection } from './check-token.ts';
import type { Gathered } from './gather-facts.ts';
import type { TypedFacts } from './host-facts.ts';
import type { ClusterToken, Identity } from './identity.ts';
import { jwtEndMs } from './jwt.ts';
import { AppError, errorOf, type Fix, type Reason } from './reason.ts';
import type { Resolution } from './resolve-host.ts';
import type { LoginToStore } from './secret-store.ts';
import { storedIdentity } from './typed-token.ts';

/** The user name that docker gives what an OAuth server of a registry issued (docker/cli, `tokenUsername`). */
const IDENTITY_TOKEN = '<token>';

/** A credential as an engine gives it to `store`. */
export interface TypedCredential {
  /** A normalised registry host. */
  readonly host: string;
  /** The host as the engine wrote it. */
  readonly serverUrl: string;
  readonly username: string;
  readonly secret: string;
}

/** What `store` and `erase` need of the world. */
export interface StoreAndErasePorts {
  /**
   * The host's resolution as if nobody had signed out of it.
   * @param mayAsk a cluster and a registry, if need be
   * @param typed what was typed for the host just now; null: whatever is typed is left out of account
   */
  resolve(host: string, mayAsk: boolean, typed: TypedFacts | null): Promise<Gathered>;
  /** @returns undefined: the identity has a client certificate, and no token. @throws AppError if it can't be had */
  readToken(identity: Identity): Promise<string | undefined>;
  /** Whether this is what the host was last answered with, and nobody typed it. */
  wasAnswered(host: string, secret: string): boolean;
  /** Asks the cluster about a token that was typed for a host of it. */
  inspect(identity: Identity, token: ClusterToken): Promise<Inspection>;
  /** Tells the person what is not as it should be although the login is kept. */
  warn(reason: Reason): void;
  /** @throws AppError, and then nothing was kept */
  keep(login: LoginToStore, secret: string): Promise<void>;
  /** Lifts every sign-out of the host. */
  signIn(host: string): Promise<void>;
  /** Drops what was minted for the host, or a plugin gave for it. */
  forgetKept(host: string, identity: Identity): Promise<void>;
  fingerprintOf(token: string): string;
  isServiceAccountToken(token: string): boolean;
  /** The kubeconfig is the running CI job's: see `isJobsKubeconfig`. */
  readonly isJobs: boolean;
  /** @returns whether it could be kept */
  signOut(host: string, fingerprint: string): Promise<boolean>;
  forgetAnswer(host: string): Promise<void>;
  /** Forgets what a person stored for the host. @throws AppError if it stays in the keychain, unused */
  forgetStored(host: string): Promise<void>;
}

/**
 * The protocol's `store`. The token that the host would get anyway (`docker login -p $(oc whoami -t)`) signs the host
 * in again, and is where it was; a copy would go stale. Everything else is kept, with its end, if that can be told.
 * @throws AppError: then nothing was kept; `unusable-login`: it would be refused with whatever it is sent for
 */
export async function storeCredential(typed: TypedCredential, ports: StoreAndErasePorts): Promise<void> {
  const { host, serverUrl, username, secret } = typed;
  const { state, binding, own, reasons } = (await ports.resolve(host, true, null)).resolution;
  const [problem] = reasons;
  if (binding === undefined && problem !== undefined) throw errorOf(problem);
  if (state === 'anonymous') {
    throw new AppError({
      code: 'host-is-anonymous',
      message: `The config says that no credential is sent to ${host} (anonymous: true), so none is kept`,
      fix: { do: `Take that line out of the config, then log in again.` },
    });
  }
  if (ports.wasAnswered(host, secret) || (await isOwn(secret, own?.identity, ports))) {
    await ports.forgetStored(host);
  } else {
    refuseUnusable(typed);
    const login = { username, boundTo: undefined, expiresAtMs: undefined };
    const { resolution: resolved } = await ports.resolve(host, true, { login, reading: { secret } });
    const boundTo = resolved.typed?.route?.server ?? resolved.missed?.server;
    const expiresAtMs = jwtEndMs(secret) ?? (await endByCluster(typed, resolved, ports));
    await ports.keep({ host, serverUrl, username, expiresAtMs, boundTo }, secret);
  }
  await ports.signIn(host);
  await ports.forgetAnswer(host);
}

/**
 * What would close public images, too: a registry splits what it is sent at the first colon (RFC 7617), no engine of
 * podman's knows identity tokens, and a line break at the end is a part of the secret to everyone.
 */
function refuseUnusable({ host, username, secret }: TypedCredential): void {
  const refused = (why: string, fix: Fix): AppError =>
    new AppError({ code: 'unusable-login', message: `The login for ${host} was not kept: ${why}`, fix });
  if (username === IDENTITY_TOKEN) {
    throw refused(
      `what comes with the user name ${IDENTITY_TOKEN} is an identity token, which can't be sent as a password`,
      { do: 'Log in with a user name, and a password or an access token.' },
    );
  }
  if (username.includes(':')) {
    throw refused('its user name holds a colon, and what follows that would be taken for the password', {
      do: 'Log in with a name without one. With a token, OpenShift takes any.',
    });
  }
  if (/[\r\n]$/.test(secret)) {
    throw refused('the password ends in a line break, and would be refused with it', {
      do: 'Log in again without it; printf prints none.',
    });
  }
}

async function isOwn(
  secret: string,
  identity: Identity | undefined,
  ports: StoreAndErasePorts,
): Promise<boolean> {
  if (identity === undefined || identity.source.kind === 'none') return false;
  try {
    return (await ports.readToken(identity)) === secret;
  } catch (error) {
    // A token that can't be had is not the one that was typed; a defect is told.
    if (!(error instanceof AppError)) throw error;
    return false;
  }
}

/** What is told to a person about what they typed, beside that it is kept. */
const TOLD: readonly string[] = ['ambiguous-route', 'typed-no-token'];

/** Where the cluster is known, it tells when its token ends; what it is not asked, and why, is said. */
async function endByCluster(
  { host, username }: TypedCredential,
  { typed, missed }: Resolution,
  ports: StoreAndErasePorts,
): Promise<number | null | undefined> {
  for (const reason of missed?.reasons.filter(({ code }) => TOLD.includes(code)) ?? []) {
    const fix = { run: `docker-credential-openshift login ${host}` };
    ports.warn(reason.code === 'typed-no-token' ? { ...reason, fix } : reason);
  }
  if (typed?.route === undefined || typed.token === undefined) return undefined;
  const { route, token } = typed;
  if (route.insecure) {
    const name = clusterDisplayName(route.server);
    ports.warn({
      code: 'unverified-cluster',
      why: `The login is kept unchecked: your kubeconfig does not verify the certificate of ${name} (insecure-skip-tls-verify)`,
      fix: { run: `docker-credential-openshift doctor ${host}` },
    });
    return undefined;
  }
  const said = await ports.inspect(storedIdentity(route, username, token), token);
  return said.kind === 'accepted' ? said.expiresAtMs : undefined;
}

/**
 * The protocol's `erase`: forgets what is cached and stored for the host, and suppresses this very token, so that a new
 * login signs in again. Service accounts, and whoever a CI job's own kubeconfig names, are only forgotten: an engine erases
 * too when a job cleans up behind itself, and nobody would sign them in again for the next one.
 * @param host a normalised registry host
 * @throws AppError if the sign-out could not be kept, or something is left in the keychain
 */
export async function eraseCredential(host: string, ports: StoreAndErasePorts): Promise<void> {
  // Whatever keeps one of them from being done is no reason to leave the other.
  const [forgotten] = await Promise.allSettled([ports.forgetStored(host)]);
  await ports.forgetAnswer(host);
  await signOut(host, ports);
  if (forgotten.status === 'rejected') throw forgotten.reason;
}

async function signOut(host: string, ports: StoreAndErasePorts): Promise<void> {
  const gathered = await ports.resolve(host, false, null);
  const identity = identityAtHand(gathered);
  if (identity === undefined) return refuseUnread(host, gathered);
  await ports.forgetKept(host, identity);
  const token = ports.isJobs ? undefined : personsToken(identity);
  if (token === undefined || ports.isServiceAccountToken(token)) return;
  if (await ports.signOut(host, ports.fingerprintOf(token))) return;
  throw new AppError({
    code: 'not-signed-out',
    message: `You are still signed in to ${host}: there is no place to keep that you signed out`,
    fix: { run: 'oc logout' },
  });
}

/** Nobody is there to sign out, unless that can't be read just now. @throws AppError */
function refuseUnread(host: string, { facts: { settings, identities } }: Gathered): void {
  const [problem] = identities?.problems ?? [];
  const { why, fix } = settings.problem ?? { why: problem, fix: identities?.remedy };
  if (why === undefined) return;
  const message = `You may still be signed in to ${host}, since it can't be told who you are there: ${why}`;
  throw new AppError({ code: 'not-signed-out', message, fix });
}

/**
 * Who answers for a host, as far as that can be told without asking a cluster: of a host that no cluster was asked about
 * yet, whoever would be asked.
 * @returns undefined: nobody
 */
export function identityAtHand({ resolution, facts }: Gathered): Identity | undefined {
  const { own, binding } = resolution;
  return own?.identity ?? (binding?.kind === 'by-claim' ? facts.identities?.current : undefined);
}

/**
 * A token that a person signed in with lies in the kubeconfig; what comes from a file, a plugin or the environment is
 * put there by a system.
 */
function personsToken({ context, source }: Identity): string | undefined {
  return context !== undefined && source.kind === 'token' ? source.token : undefined;
}
