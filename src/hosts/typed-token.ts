import type { ClusterToken, Identities, Identity, Route } from './identity.ts';
import { readJwt } from './jwt.ts';

/** 32 bytes as base64url after the prefix (openshift/oauth-server); tokens of OKD 3.11 have no prefix. */
const OAUTH_TOKEN = /^sha256~[\w-]{43}$/;
const OPAQUE_TOKEN = /^[\w-]{43}$/;
/** Who issues service accounts' tokens where nothing else is configured (bound ones, and those in Secrets). */
const USUAL_ISSUERS: readonly string[] = ['https://kubernetes.default.svc', 'kubernetes/serviceaccount'];

/**
 * May this secret, which somebody typed for a registry host, be shown to this API server? Only if it can be a token of that
 * very cluster: an OAuth token; a JWT of an issuer whose tokens the cluster takes; an opaque one where the cluster's own
 * are such. A password never is, nor is a token that another issuer gave.
 * @param server the API server of the cluster that the host is linked to
 * @param identities which tell what the cluster's tokens look like
 * @returns the secret; undefined: it may not
 */
export function typedToken(secret: string, server: string, identities: Identities): ClusterToken | undefined {
  if (OAUTH_TOKEN.test(secret)) return secret as ClusterToken;
  const jwt = readJwt(secret);
  const isOne =
    jwt === undefined
      ? OPAQUE_TOKEN.test(secret) && ownTokens(server, identities).some((own) => OPAQUE_TOKEN.test(own))
      : jwt.issuer !== undefined && issuersOf(server, identities).has(jwt.issuer);
  return isOne ? (secret as ClusterToken) : undefined;
}

/** Whether a secret has the form of any cluster's token: what has not is taken by no registry of a cluster. */
export function hasFormOfToken(secret: string): boolean {
  return OAUTH_TOKEN.test(secret) || OPAQUE_TOKEN.test(secret) || readJwt(secret) !== undefined;
}

/** The tokens that the kubeconfig itself holds for a server. */
function ownTokens(server: string, { all }: Identities): string[] {
  return all.flatMap((identity) =>
    identity.server === server && identity.source.kind === 'token' && identity.isStored !== true
      ? [identity.source.token]
      : [],
  );
}

/** Whose JWTs a cluster takes, as far as its logins tell: by their tokens, or by what their plugins are told. */
function issuersOf(server: string, identities: Identities): Set<string> {
  const issuers = new Set(USUAL_ISSUERS);
  for (const token of ownTokens(server, identities)) {
    const issuer = readJwt(token)?.issuer;
    if (issuer !== undefined) issuers.add(issuer);
  }
  for (const { server: of, source } of identities.all) {
    if (of !== server || source.kind !== 'exec') continue;
    const { args } = source.plugin;
    for (const [at, arg] of args.entries()) {
      // `oc get-token`, kubelogin
      const [, value] = /^--(?:oidc-)?issuer-url(?:=(.*))?$/s.exec(arg) ?? [arg, null];
      const issuer = value === null ? undefined : (value ?? args[at + 1]);
      if (issuer !== undefined) issuers.add(issuer);
    }
  }
  return issuers;
}

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
