import type { ClusterToken } from './cluster-token.ts';
import type { Identity, Route } from './identity.ts';

/**
 * Whoever a typed token is of, at the cluster that the registry host is linked to: it needs no login of a kubeconfig.
 * @param route how the cluster is reached; see `routeToServer`
 */
export function storedIdentity(route: Route, username: string, token: ClusterToken): Identity {
  return {
    ...route,
    user: username,
    context: undefined,
    namespace: undefined,
    inCluster: false,
    isStored: true,
    source: { kind: 'token', token },
  };
}
