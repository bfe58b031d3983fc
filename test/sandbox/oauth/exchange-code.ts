import { basicCredentials, isReply, type Reply, type Request } from '../http/message.ts';
import { type AuthorizationGrant, checkVerifier } from './authorization-codes.ts';
import { issueToken, type TokenAnswer } from './issue-token.ts';
import { allowedRedirect, type OAuthClient } from './oauth-clients.ts';
import { oauthErrorReply, oauthReply } from './oauth-reply.ts';
import { formValues, type OAuthState } from './oauth-state.ts';

/** Grants that osin knows and OpenShift refuses to everybody. */
const REFUSED_GRANTS = ['refresh_token', 'password', 'client_credentials', 'assertion'];

/** `/oauth/token`: exchanges a code for a token. A GET is answered as well. */
export function serveToken(server: OAuthState, request: Request): Reply {
  if (request.method !== 'GET' && request.method !== 'POST') return refused('invalid_request');
  const values = formValues(request);
  const grantType = values.get('grant_type') ?? '';
  if (grantType !== 'authorization_code' && !REFUSED_GRANTS.includes(grantType)) {
    return refused('unsupported_grant_type');
  }
  const credentials = clientCredentials(values, request.headers.authorization);
  if (credentials === undefined) return refused('invalid_request');
  if (grantType !== 'authorization_code') return refused('access_denied');
  const code = values.get('code') ?? '';
  if (code === '') return refused('invalid_grant');
  if (!server.apiReachable()) return refused('server_error');
  const client = server.clients.get(credentials.user);
  if (client === undefined || client.secret !== credentials.password) return refused('unauthorized_client');
  const exchange = {
    client,
    code,
    redirectUri: values.get('redirect_uri') ?? '',
    verifier: values.get('code_verifier') ?? '',
  };
  const answer = exchangeCode(server, exchange);
  return isReply(answer) ? answer : oauthReply(200, answer);
}

/** What a client brings to get its token. */
export interface CodeExchange {
  readonly client: OAuthClient;
  readonly code: string;
  readonly redirectUri: string;
  readonly verifier: string;
}

/** Uses up a code; a refused one remains good for the right request. */
export function exchangeCode(server: OAuthState, exchange: CodeExchange): TokenAnswer | Reply {
  const grant = server.codes.find(exchange.code);
  const problem = problemWith(server, grant, exchange);
  if (grant === undefined || problem !== undefined) return refused(problem ?? 'unauthorized_client');
  const answer = issueToken(server, exchange.client, grant);
  server.codes.use(exchange.code);
  return answer;
}

function problemWith(
  { cluster }: OAuthState,
  grant: AuthorizationGrant | undefined,
  { client, redirectUri, verifier }: CodeExchange,
): string | undefined {
  if (grant === undefined) return 'unauthorized_client';
  if (grant.clientName !== client.name) return 'invalid_grant';
  if (allowedRedirect(client, cluster.oauthUrl, redirectUri) !== grant.redirectUri) return 'invalid_request';
  const check = checkVerifier(grant.challenge, verifier);
  if (check === 'matches') return undefined;
  return check === 'malformed' ? 'invalid_request' : 'invalid_grant';
}

/** In the form only where a secret, even an empty one, stands beside the name; else in the header. */
function clientCredentials(
  values: URLSearchParams,
  authorization: string | undefined,
): { user: string; password: string } | undefined {
  const user = values.get('client_id') ?? '';
  const password = values.get('client_secret');
  if (user !== '' && password !== null) return { user, password };
  return basicCredentials(authorization);
}

function refused(error: string): Reply {
  return oauthErrorReply({ error });
}
