import { createHash } from 'node:crypto';

/**
 * Names a token without telling it. The prefix keeps it from being the token's object name on the cluster.
 * @returns 32 hexadecimal digits
 */
export function fingerprintOf(token: string): string {
  return createHash('sha256').update(`docker-credential-openshift ${token}`).digest('hex').slice(0, 32);
}
