import { randomUUID } from 'node:crypto';
import type { Cluster } from '../cluster/cluster.ts';
import { oauthTokenIsLive } from '../cluster/oauth-tokens.ts';
import type { Reply, Request } from '../http/message.ts';

const HEADERS = {
  'Cache-Control': 'no-cache, no-store, max-age=0, must-revalidate',
  'Content-Type': 'application/json',
  Expires: '0',
  Pragma: 'no-cache',
  'Referrer-Policy': 'strict-origin-when-cross-origin',
  'X-Content-Type-Options': 'nosniff',
  'X-Dns-Prefetch-Control': 'off',
  'X-Frame-Options': 'DENY',
  'X-Xss-Protection': '1; mode=block',
};

/** The cluster's OAuth server: `/oauth/info`, which tells about a token to whoever holds it. */
export function serveOAuth(cluster: Cluster, request: Request): Reply {
  const reply = answer(cluster, request);
  return { ...reply, headers: { 'Audit-Id': randomUUID(), ...reply.headers } };
}

function answer(cluster: Cluster, request: Request): Reply {
  if (request.path === '/oauth/info' && cluster.mode !== 'external-oidc') return tokenInfo(cluster, request);
  if (request.path === '/healthz') return { status: 200, headers: HEADERS, body: 'ok' };
  const body = JSON.stringify(
    { paths: ['/apis', '/healthz', '/livez', '/metrics', '/readyz'] },
    undefined,
    2,
  );
  return { status: 404, headers: HEADERS, body };
}

/** osin's info endpoint: the token as bearer, or in `code`; whatever is wrong with it is `invalid_request`. */
function tokenInfo(cluster: Cluster, request: Request): Reply {
  const [scheme, bearer] = (request.headers.authorization ?? '').split(' ');
  const value = scheme?.toLowerCase() === 'bearer' ? bearer : request.query.get('code');
  const nowMs = cluster.clock.nowMs();
  const token = cluster.credentials.oauthTokens().find((candidate) => candidate.value === value);
  // The server looks tokens up in the API, so it knows none while oauth-apiserver is down.
  if (token === undefined || cluster.validationDown || !oauthTokenIsLive(token, nowMs)) {
    return infoReply(400, {
      error: 'invalid_request',
      error_description:
        'The request is missing a required parameter, includes an invalid parameter value, ' +
        'includes a parameter more than once, or is otherwise malformed.',
    });
  }
  return infoReply(200, {
    access_token: token.value,
    client_id: token.clientName,
    expires_in: token.expiresInSeconds - Math.floor((nowMs - token.createdMs) / 1000),
    scope: token.scopes.join(' '),
    token_type: 'Bearer',
  });
}

function infoReply(status: number, value: object): Reply {
  const Expires = ['0', 'Fri, 01 Jan 1990 00:00:00 GMT'];
  return { status, headers: { ...HEADERS, Expires }, body: `${JSON.stringify(value)}\n` };
}
