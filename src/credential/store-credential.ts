import { bindHost } from '../registry/bind-host.ts';
import { AppError } from './app-error.ts';
import type { Identity } from './identity.ts';

export interface StoreCredentialPorts {
  /** Who answers for the host; asks a cluster if need be; undefined: nobody. */
  identityFor(host: string): Promise<Identity | undefined>;
  /** Undefined: the identity has a client certificate, and no token. */
  readToken(identity: Identity): Promise<string | undefined>;
  /** Lifts every sign-out of the host. */
  signIn(host: string): Promise<void>;
  forgetAnswer(host: string): Promise<void>;
}

/**
 * The protocol's `store`, for the context's own token (`oc registry login`, `docker login -p $(oc whoami -t)`): it
 * signs the host in again. The token itself is where it was, in the kubeconfig; a copy would go stale.
 * @param host a normalised registry host
 * @throws AppError for every other secret
 */
export async function storeCredential(
  host: string,
  secret: string,
  ports: StoreCredentialPorts,
): Promise<void> {
  const identity = await ports.identityFor(host);
  if (identity === undefined && bindHost(host, undefined).kind === 'foreign') {
    throw new AppError({
      code: 'public-registry',
      message: `${host} is a public registry, and its logins are not kept here: use its own login, without this helper`,
    });
  }
  if (identity === undefined) {
    throw new AppError({
      code: 'not-bound',
      message: `no OpenShift cluster is bound to ${host}, and other credentials are not kept here`,
      hint: `docker-credential-openshift setup ${host} --context NAME`,
    });
  }
  const own = identity.source.kind === 'none' ? undefined : await ports.readToken(identity);
  if (own !== secret) {
    throw new AppError({
      code: 'not-own-token',
      message: `${host} gets the token of the context ${identity.context ?? identity.user}, and another secret is not kept here`,
      hint: `oc login ${identity.server}`,
    });
  }
  await ports.signIn(host);
  await ports.forgetAnswer(host);
}
