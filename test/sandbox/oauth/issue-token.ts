import { issueOAuthToken } from '../issue-tokens.ts';
import type { AuthorizationGrant } from './authorization-codes.ts';
import type { OAuthClient } from './oauth-clients.ts';
import type { OAuthState } from './oauth-state.ts';

/** The values of a token answer, sorted by name as the server writes them. */
export interface TokenAnswer {
  readonly access_token: string;
  readonly expires_in: number;
  readonly scope: string;
  readonly token_type: string;
}

/** Issues a real token of the cluster and notes it. */
export function issueToken(
  server: OAuthState,
  client: OAuthClient,
  { userName, redirectUri, scopes }: Pick<AuthorizationGrant, 'userName' | 'redirectUri' | 'scopes'>,
): TokenAnswer {
  const { cluster } = server;
  const old = cluster.mode === 'okd-3.11';
  const lifeSeconds = client.tokenLifeSeconds ?? server.tokenLifeSeconds;
  const { inactivityTimeoutSeconds } = client;
  const token = old
    ? cluster.credentials.issueOpaqueToken(cluster.openUser(userName).name)
    : issueOAuthToken(cluster, {
        user: userName,
        lifeSeconds,
        scopes,
        clientName: client.name,
        redirectUri,
        ...(inactivityTimeoutSeconds === undefined ? {} : { inactivityTimeoutSeconds }),
      });
  const timeMs = server.clock.nowMs();
  server.tokens.push({ clientName: client.name, userName, redirectUri, scopes, lifeSeconds, timeMs, token });
  return { access_token: token, expires_in: lifeSeconds, scope: scopes.join(' '), token_type: 'Bearer' };
}
