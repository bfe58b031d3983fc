import type { Cluster } from '../cluster/cluster.ts';
import { oauthTokenIsLive } from '../cluster/oauth-tokens.ts';
import type { Reply, Request } from '../http/message.ts';
import { oauthErrorReply, oauthReply } from './oauth-reply.ts';

/** `/oauth/info`: the token as bearer, or in `code`; whatever is wrong with it is `invalid_request`. */
export function serveTokenInfo(cluster: Cluster, request: Request): Reply {
  const [scheme, bearer] = (request.headers.authorization ?? '').split(' ');
  const value = scheme?.toLowerCase() === 'bearer' ? bearer : request.query.get('code');
  const nowMs = cluster.clock.nowMs();
  const token = cluster.credentials.oauthTokens().find((candidate) => candidate.value === value);
  // The server looks tokens up in the API, so it knows none while oauth-apiserver is down.
  if (token === undefined || cluster.validationDown || !oauthTokenIsLive(token, nowMs)) {
    return oauthErrorReply({ error: 'invalid_request' });
  }
  return oauthReply(200, {
    access_token: token.value,
    client_id: token.clientName,
    expires_in: token.expiresInSeconds - Math.floor((nowMs - token.createdMs) / 1000),
    scope: token.scopes.join(' '),
    token_type: 'Bearer',
  });
}
