/** What OpenShift's tokens look like: an OAuth token, a JWT, an opaque token of OKD 3.11 (32 bytes as base64url). */
const CLUSTER_TOKEN = /^(?:sha256~[\w-]+|eyJ[\w-]*\.[\w-]+\.[\w-]+|[\w-]{43})$/;

/**
 * Which cluster may be asked about a secret that somebody typed for a registry host. Any cluster may call any host its
 * own: what can be no token of it, a password say, is not sent there to be looked at.
 * @param bound `server`: the API server of the cluster that the host is bound to; `isClaimed`: by its own word alone
 * @returns its API server; undefined: none
 */
export function serverToAsk(
  { server, isClaimed }: { readonly server: string | undefined; readonly isClaimed: boolean },
  secret: string,
): string | undefined {
  return isClaimed && !CLUSTER_TOKEN.test(secret) ? undefined : server;
}
