import type { Reply, Request } from '../http/message.ts';
import { approvalPage, messagePage } from './approval-page.ts';
import { encodeQuery, withQueryValue } from './go-query.ts';
import { csrfMatches, openCsrf } from './login-cookies.ts';
import type { OAuthClient } from './oauth-clients.ts';
import { bareRedirect, bodyReply, isServerRelative, plainError } from './oauth-reply.ts';
import { formValues, type OAuthState } from './oauth-state.ts';

/** What a person is to approve. */
interface Approval {
  readonly client: OAuthClient;
  readonly userName: string;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
}

/** The way to the approval page, or a refusal without asking; undefined: nothing more is needed. */
export function approvalNeeded(
  { approvals }: OAuthState,
  { client, userName, redirectUri, scopes }: Approval,
  { search = '' }: Request,
): Reply | 'denied' | undefined {
  if (client.grantMethod === 'auto') return undefined;
  if (scopes.every((scope) => approvals.has(approvalKey(userName, client.name, scope)))) return undefined;
  if (client.grantMethod === 'deny') return 'denied';
  const query = { client_id: client.name, redirect_uri: redirectUri, scope: scopes.join(' ') };
  // `then` is as the page sees it, one level down.
  const page = withQueryValue(`authorize/approve?${encodeQuery(query)}`, 'then', `../authorize${search}`);
  return bareRedirect(page);
}

/** `/oauth/authorize/approve`: the page that asks, and the answer. */
export function serveApproval(server: OAuthState, request: Request): Reply {
  const values = formValues(request);
  const then = values.get('then') ?? '';
  const userName = server.sessions.userOf(request);
  if (userName === undefined) {
    const message = 'You must reauthenticate before continuing';
    return isServerRelative(then) ? bareRedirect(then) : page(messagePage(message));
  }
  if (request.method !== 'GET' && request.method !== 'POST') return plainError(405, 'Method not allowed');
  const client = server.clients.get(values.get('client_id') ?? '');
  if (client === undefined) return page(messagePage('Could not find client for client_id'));
  if (request.method === 'GET') {
    const { value: csrf, headers } = openCsrf(request);
    const scopes = (values.get('scope') ?? '').split(' ');
    const redirectUri = values.get('redirect_uri') ?? '';
    return page(
      approvalPage({ clientName: client.name, userName, then, csrf, scopes, redirectUri }),
      headers,
    );
  }
  if (!csrfMatches(request, values)) return page(messagePage('Invalid CSRF token'));
  if (values.get('user_name') !== userName) return page(messagePage('User did not match'));
  const scopes = values.getAll('scope');
  if ((values.get('approve') ?? '') === '' || scopes.length === 0) {
    return bareRedirect(withQueryValue(then, 'error', 'access_denied'));
  }
  for (const scope of scopes) server.approvals.add(approvalKey(userName, client.name, scope));
  return bareRedirect(withQueryValue(then, 'scope', scopes.join(' ')));
}

function page(html: string, headers: Reply['headers'] = {}): Reply {
  return bodyReply(200, 'text/html; charset=utf-8', html, headers);
}

function approvalKey(userName: string, clientName: string, scope: string): string {
  return `${userName} ${clientName} ${scope}`;
}
