import { basicUsername } from '../../hosts/check-token.ts';
import { readJwt } from '../../hosts/jwt.ts';
import type { Life } from '../../hosts/renewal.ts';
import type { PullSecret } from './secret-on-cluster.ts';

/** A token of the service account, and its life. */
export interface AccountToken extends Life {
  readonly token: string;
}

/** The account's token in the Secret; undefined: there is none, or it is somebody else's. */
export function tokenIn({ logins: { secret } }: PullSecret, account: string): AccountToken | undefined {
  if (secret === undefined || readJwt(secret)?.subject !== subjectOf(account)) return undefined;
  const life = lifeOf(secret);
  return life === undefined ? undefined : { token: secret, ...life };
}

/** The life of a token by its own claims: without an end it has none. @returns undefined: it is no JWT */
export function lifeOf(token: string): Life | undefined {
  const claims = readJwt(token);
  if (claims === undefined) return undefined;
  const { iat = 0, exp = Number.POSITIVE_INFINITY } = claims;
  return { startedAtMs: iat * 1000, expiresAtMs: exp * 1000 };
}

function subjectOf(account: string): string {
  return `system:serviceaccount:${account.replace('/', ':')}`;
}

/** How the account is called in a login: registries of OpenShift go by the token. */
export function usernameOf(account: string): string {
  return basicUsername(subjectOf(account), '');
}

/** Whether it is this very token that lies in the Secret. @param account `NAMESPACE/NAME` */
export function isTokenIn(now: PullSecret, { token }: AccountToken, account: string): boolean {
  return tokenIn(now, account)?.token === token;
}
