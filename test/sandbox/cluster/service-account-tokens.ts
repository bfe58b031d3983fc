import type { Claims, JwtSigner } from './jwt.ts';

/** The API server's own audience, and the issuer of bound tokens. */
export const API_AUDIENCE = 'https://kubernetes.default.svc';
/** How long past `exp` the API server still accepts a service account's token. */
const LEEWAY_SECONDS = 60;

/** What a token says of the account that it speaks for. */
export interface TokenAccount {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** An object that a token lives and dies with. */
export interface BoundObject {
  readonly name: string;
  readonly uid: string;
}

export interface BoundTokenRequest {
  readonly account: TokenAccount;
  readonly nowMs: number;
  readonly lifeSeconds: number;
  /** Default: the API server's own. */
  readonly audiences?: readonly string[];
  /** The Secret that it is bound to besides the account. */
  readonly secret?: BoundObject;
}

/** The account of an accepted token, and what else must exist for it to count. */
export interface AcceptedToken {
  readonly account: TokenAccount;
  readonly boundSecret?: BoundObject;
  /** Name of the secret that a legacy token was read from. */
  readonly legacySecretName?: string;
}

/** A bound token as TokenRequest mints it; the claims are those of Kubernetes' `token.Claims`. */
export function signBoundToken(signer: JwtSigner, request: BoundTokenRequest): string {
  const { account, secret } = request;
  const nowSeconds = Math.floor(request.nowMs / 1000);
  return signer.sign({
    aud: request.audiences ?? [API_AUDIENCE],
    exp: nowSeconds + request.lifeSeconds,
    iat: nowSeconds,
    iss: API_AUDIENCE,
    'kubernetes.io': {
      namespace: account.namespace,
      ...(secret === undefined ? {} : { secret: { name: secret.name, uid: secret.uid } }),
      serviceaccount: { name: account.name, uid: account.uid },
    },
    nbf: nowSeconds,
    sub: `system:serviceaccount:${account.namespace}:${account.name}`,
  });
}

/** A legacy token as the token controller writes into a secret: no end, no audience. */
export function signLegacyToken(signer: JwtSigner, account: TokenAccount, secretName: string): string {
  return signer.sign({
    iss: 'kubernetes/serviceaccount',
    'kubernetes.io/serviceaccount/namespace': account.namespace,
    'kubernetes.io/serviceaccount/secret.name': secretName,
    'kubernetes.io/serviceaccount/service-account.name': account.name,
    'kubernetes.io/serviceaccount/service-account.uid': account.uid,
    sub: `system:serviceaccount:${account.namespace}:${account.name}`,
  });
}

/** Reads verified claims; undefined: not valid now, or not for this API server. */
export function acceptedServiceAccount(claims: Claims, nowMs: number): AcceptedToken | undefined {
  if (claims.iss === 'kubernetes/serviceaccount') {
    return {
      account: {
        namespace: String(claims['kubernetes.io/serviceaccount/namespace']),
        name: String(claims['kubernetes.io/serviceaccount/service-account.name']),
        uid: String(claims['kubernetes.io/serviceaccount/service-account.uid']),
      },
      legacySecretName: String(claims['kubernetes.io/serviceaccount/secret.name']),
    };
  }
  const bound = claims['kubernetes.io'] as
    | { namespace: string; serviceaccount: { name: string; uid: string }; secret?: BoundObject }
    | undefined;
  const nowSeconds = nowMs / 1000;
  const audiences = claims.aud as readonly string[];
  if (bound === undefined || !audiences.includes(API_AUDIENCE)) return undefined;
  if (nowSeconds > Number(claims.exp) + LEEWAY_SECONDS) return undefined;
  if (nowSeconds < Number(claims.nbf) - LEEWAY_SECONDS) return undefined;
  return {
    account: { namespace: bound.namespace, ...bound.serviceaccount },
    ...(bound.secret === undefined ? {} : { boundSecret: bound.secret }),
  };
}
