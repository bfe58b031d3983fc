import type { Identities, Identity } from './identity.ts';

/**
 * Whoever a typed token is of, at the cluster that the registry host is bound to: it needs no login of a kubeconfig.
 * @param identities for how the cluster is reached
 */
export function storedIdentity(
  server: string,
  username: string,
  token: string,
  { all }: Identities,
): Identity {
  return {
    server,
    user: username,
    context: undefined,
    namespace: undefined,
    insecure: all.find((identity) => identity.server === server)?.insecure ?? false,
    inCluster: false,
    isStored: true,
    source: { kind: 'token', token },
  };
}
