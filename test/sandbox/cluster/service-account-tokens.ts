import { randomUUID } from 'node:crypto';
import type { Claims, JwtSigner } from './jwt.ts';

/** The API server's own audience, and the issuer of bound tokens. */
export const API_AUDIENCE = 'https://kubernetes.default.svc';
/** How long past `exp` the API server still accepts a service account's token. */
const LEEWAY_SECONDS = 60;

export interface ServiceAccount {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** A bound token as TokenRequest mints it. */
export function signBoundToken(
  signer: JwtSigner,
  account: ServiceAccount,
  nowMs: number,
  lifeSeconds: number,
  audiences: readonly string[] = [API_AUDIENCE],
): string {
  const nowSeconds = Math.floor(nowMs / 1000);
  return signer.sign({
    aud: audiences,
    exp: nowSeconds + lifeSeconds,
    iat: nowSeconds,
    iss: API_AUDIENCE,
    'kubernetes.io': {
      namespace: account.namespace,
      serviceaccount: { name: account.name, uid: account.uid },
    },
    nbf: nowSeconds,
    sub: `system:serviceaccount:${account.namespace}:${account.name}`,
  });
}

/** A legacy token as the token controller writes into a secret: no end, no audience. */
export function signLegacyToken(signer: JwtSigner, account: ServiceAccount): string {
  return signer.sign({
    iss: 'kubernetes/serviceaccount',
    'kubernetes.io/serviceaccount/namespace': account.namespace,
    'kubernetes.io/serviceaccount/secret.name': `${account.name}-token-${randomUUID().slice(0, 5)}`,
    'kubernetes.io/serviceaccount/service-account.name': account.name,
    'kubernetes.io/serviceaccount/service-account.uid': account.uid,
    sub: `system:serviceaccount:${account.namespace}:${account.name}`,
  });
}

/** Namespace, name and uid that verified claims speak for, if they are valid now for this API server. */
export function acceptedServiceAccount(claims: Claims, nowMs: number): ServiceAccount | undefined {
  if (claims.iss === 'kubernetes/serviceaccount') {
    return {
      namespace: String(claims['kubernetes.io/serviceaccount/namespace']),
      name: String(claims['kubernetes.io/serviceaccount/service-account.name']),
      uid: String(claims['kubernetes.io/serviceaccount/service-account.uid']),
    };
  }
  const bound = claims['kubernetes.io'] as
    | { namespace: string; serviceaccount: { name: string; uid: string } }
    | undefined;
  const nowSeconds = nowMs / 1000;
  const audiences = claims.aud as readonly string[];
  if (bound === undefined || !audiences.includes(API_AUDIENCE)) return undefined;
  if (nowSeconds > Number(claims.exp) + LEEWAY_SECONDS) return undefined;
  if (nowSeconds < Number(claims.nbf) - LEEWAY_SECONDS) return undefined;
  return { namespace: bound.namespace, ...bound.serviceaccount };
}
