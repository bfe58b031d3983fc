import { createHash } from 'node:crypto';

const PREFIX = 'sha256~';

/** @returns whether it is an OAuth token of OpenShift 4.6 or later */
export function isOAuthToken(token: string): boolean {
  return token.startsWith(PREFIX) && token.length > PREFIX.length;
}

/**
 * The name of an OAuth token's own API object: `sha256~` and the unpadded base64url SHA-256 of what follows the
 * prefix (openshift/oauth-apiserver, pkg/tokenvalidation; seen on 4.13).
 */
export function oauthTokenObjectName(token: string): string {
  return PREFIX + createHash('sha256').update(token.slice(PREFIX.length)).digest('base64url');
}
