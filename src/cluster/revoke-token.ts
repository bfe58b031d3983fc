import { isOAuthToken, oauthTokenObjectName } from './oauth-token-name.ts';
import { objectIn, parseObject, textIn } from './reply-fields.ts';
import type { Reply } from './send-request.ts';

/** What came of asking a cluster to end a token. */
export type Revocation =
  | { readonly kind: 'revoked' }
  /** Its object was gone already. */
  | { readonly kind: 'gone' }
  /** 401: the bearer has ended, or the cluster can't validate tokens just now. */
  | { readonly kind: 'rejected' }
  /** The bearer's scope does not let it. */
  | { readonly kind: 'forbidden' }
  /** `detail`: no connection, or an answer that says nothing of the token. */
  | { readonly kind: 'failed'; readonly detail: string };

/**
 * Ends an OAuth token by deleting its object, as `oc logout` does (openshift/oc, pkg/cli/logout; seen on 4.13). The API
 * server may accept it for two more minutes.
 * @param token of the form `sha256~…`
 * @param ask one request to its cluster's API server; its bearer is the token itself, or another one of the same user
 */
export async function revokeToken(
  token: string,
  ask: (path: string, method: 'DELETE') => Promise<Reply>,
): Promise<Revocation> {
  if (!isOAuthToken(token)) return { kind: 'failed', detail: 'it is no OAuth token' };
  const path = `/apis/oauth.openshift.io/v1/useroauthaccesstokens/${oauthTokenObjectName(token)}`;
  const reply = await ask(path, 'DELETE');
  if (reply.status === 200 || reply.status === 202) return { kind: 'revoked' };
  if (reply.status === 401) return { kind: 'rejected' };
  if (reply.status === 403) return { kind: 'forbidden' };
  if (reply.status === 0) return { kind: 'failed', detail: reply.detail };
  const kind = textIn(objectIn(parseObject(reply.body), 'details'), 'kind');
  // Any other 404 is of a cluster without this API, or of a proxy before it.
  if (reply.status === 404 && kind === 'useroauthaccesstokens') return { kind: 'gone' };
  return { kind: 'failed', detail: `the API server answered ${reply.status}` };
}
