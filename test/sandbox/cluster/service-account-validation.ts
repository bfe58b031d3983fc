import type { Clock } from '../clock.ts';
import { type Identity, serviceAccountIdentity } from './identity.ts';
import type { JwtSigner } from './jwt.ts';
import type { Secret, ServiceAccount } from './objects.ts';
import { type AcceptedToken, acceptedServiceAccount } from './service-account-tokens.ts';

/** What the judgement of a service account's token depends on. */
export interface AccountLookup {
  readonly clock: Clock;
  /** How long an accepted token is not looked at again; the real servers: 10. */
  readonly accountTokenCacheSeconds: number;
  serviceAccount(namespace: string, name: string): ServiceAccount | undefined;
  secret(namespace: string, name: string): Secret | undefined;
}

/** Judges service account tokens of one issuer: whose it is, or undefined. */
export function createAccountValidator(
  signer: JwtSigner,
  lookup: AccountLookup,
): (token: string) => Identity | undefined {
  const accepted = new Map<string, { sinceMs: number; identity: Identity }>();
  return (token) => {
    const nowMs = lookup.clock.nowMs();
    const cached = accepted.get(token);
    if (cached !== undefined && nowMs - cached.sinceMs < lookup.accountTokenCacheSeconds * 1000) {
      return cached.identity;
    }
    const claims = signer.verify(token);
    const found = claims && acceptedServiceAccount(claims, nowMs);
    if (found === undefined || !stillStands(lookup, token, found)) return undefined;
    const { namespace, name, uid } = found.account;
    const identity = serviceAccountIdentity(namespace, name, uid);
    accepted.set(token, { sinceMs: nowMs, identity });
    return identity;
  };
}

/** A deleted account or secret takes its tokens with it; one created anew under the name has another uid. */
function stillStands(lookup: AccountLookup, token: string, found: AcceptedToken): boolean {
  const { account, boundSecret, legacySecretName } = found;
  if (lookup.serviceAccount(account.namespace, account.name)?.uid !== account.uid) return false;
  if (boundSecret !== undefined) {
    return lookup.secret(account.namespace, boundSecret.name)?.uid === boundSecret.uid;
  }
  if (legacySecretName === undefined) return true;
  const secret = lookup.secret(account.namespace, legacySecretName);
  return secret?.data.token === Buffer.from(token).toString('base64');
}
