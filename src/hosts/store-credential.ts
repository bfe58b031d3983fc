import { clusterDisplayName } from '../registry/catalogue.ts';
import type { Inspection } from './check-token.ts';
import type { ClusterOfStored } from './cluster-of-stored.ts';
import { type ClusterToken, hasFormOfToken, typedToken } from './cluster-token.ts';
import type { Identity } from './identity.ts';
import { AppError, type Fix, type Reason } from './reason.ts';
import type { LoginToStore } from './secret-store.ts';
import { storedIdentity } from './stored-identity.ts';

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

/** What is known of a registry host where a credential for it was typed. */
export interface HostToStoreFor {
  /** The user wants no credential sent there. */
  readonly isAnonymous: boolean;
  /** Who answers for the host; undefined: nobody. */
  readonly identity: Identity | undefined;
}

export interface StoreCredentialPorts {
  /** Asks a cluster if need be. */
  readHost(host: string): Promise<HostToStoreFor>;
  /** @returns undefined: the identity has a client certificate, and no token. @throws AppError if it can't be had */
  readToken(identity: Identity): Promise<string | undefined>;
  /** Whether this is what the host was last answered with, and nobody typed it. */
  wasAnswered(host: string, secret: string): boolean;
  /** Whose a login is that was typed for the host; asks a cluster and a registry if need be. */
  clusterOf(host: string, typed: Pick<TypedCredential, 'username' | 'secret'>): Promise<ClusterOfStored>;
  /** Asks the cluster about a token that was typed for a host of it. */
  inspect(identity: Identity, token: ClusterToken): Promise<Inspection>;
  /** Tells the person what is not as it should be although the login is kept. */
  warn(reason: Reason): void;
  /** When a secret that is a JWT ends, in ms since the epoch; undefined: it does not say, or is none. */
  endOf(secret: string): number | undefined;
  /** @throws AppError, and then nothing was kept */
  keep(login: LoginToStore, secret: string): Promise<void>;
  /** Forgets what was stored for the host before. */
  forgetStored(host: string): Promise<void>;
  /** Lifts every sign-out of the host. */
  signIn(host: string): Promise<void>;
  forgetAnswer(host: string): Promise<void>;
}

/**
 * The protocol's `store`. The token that the host would get anyway (`docker login -p $(oc whoami -t)`) signs the host
 * in again, and is where it was; a copy would go stale. Everything else is kept, with its end, if that can be told.
 * @throws AppError: then nothing was kept; `unusable-login`: it would be refused with whatever it is sent for
 */
export async function storeCredential(typed: TypedCredential, ports: StoreCredentialPorts): Promise<void> {
  const { host, serverUrl, username, secret } = typed;
  const { isAnonymous, identity } = await ports.readHost(host);
  if (isAnonymous) {
    throw new AppError({
      code: 'host-is-anonymous',
      message: `The config says that no credential is sent to ${host} (anonymous: true), so none is kept`,
      fix: { do: `Take that line out of the config, then log in again.` },
    });
  }
  if (ports.wasAnswered(host, secret) || (await isOwn(secret, identity, ports))) {
    await ports.forgetStored(host);
  } else {
    refuseUnusable(typed);
    const cluster = await ports.clusterOf(host, typed);
    const expiresAtMs = ports.endOf(secret) ?? (await endByCluster(typed, cluster, ports));
    await ports.keep({ host, serverUrl, username, expiresAtMs, boundTo: serverOf(cluster) }, secret);
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
  ports: StoreCredentialPorts,
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

function serverOf(cluster: ClusterOfStored): string | undefined {
  if (cluster.kind === 'unreached') return cluster.server;
  return cluster.kind === 'cluster' ? cluster.route.server : undefined;
}

/** Where the cluster is known, it tells when its token ends; what it is not asked, and why, is said. */
async function endByCluster(
  { host, username, secret }: TypedCredential,
  cluster: ClusterOfStored,
  ports: StoreCredentialPorts,
): Promise<number | null | undefined> {
  if (cluster.kind === 'unreached') ports.warn(cluster.reason);
  if (cluster.kind !== 'cluster') return undefined;
  const { route, identities } = cluster;
  const name = clusterDisplayName(route.server);
  const token = typedToken(secret, route.server, identities);
  if (token === undefined) {
    if (!hasFormOfToken(secret))
      ports.warn({
        code: 'typed-no-token',
        why: `What you typed for ${host} is no token, and the registry of ${name} takes nothing else`,
        fix: { run: `docker-credential-openshift login ${host}` },
      });
    return undefined;
  }
  if (route.insecure) {
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
