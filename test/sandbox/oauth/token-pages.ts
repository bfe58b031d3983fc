import { isReply, type Reply, type Request } from '../http/message.ts';
import { exchangeCode } from './exchange-code.ts';
import { encodeQuery } from './go-query.ts';
import { KUBE_ADMIN } from './identity-providers.ts';
import { csrfMatches, openCsrf } from './login-cookies.ts';
import { bodyReply, escapeHtml, linkedRedirect, pageReply, plainError } from './oauth-reply.ts';
import { formValues, type OAuthState } from './oauth-state.ts';

const CLIENT = 'openshift-browser-client';
/** Only the bootstrap administrator has a session that is left to end. */
const LOGOUT_FORM = `<form method="post" action="/logout">
<input type="hidden" name="then" value="/oauth/token/request">
<button type="submit">Logout</button>
</form>
`;

/** The pages on which people get a token to paste; undefined: none of them is at this path. */
export function serveTokenPage(server: OAuthState, request: Request): Reply | undefined {
  switch (request.path) {
    case '/oauth/token/request':
      return requestToken(server.cluster.oauthUrl);
    case '/oauth/token/display':
      return displayToken(server, request);
    case '/oauth/token/implicit':
      return bodyReply(
        200,
        'text/plain',
        'This page is where challenged clients are sent; they read the Location header and do not follow it.\n',
      );
    default:
      return undefined;
  }
}

function requestToken(issuer: string): Reply {
  const query = encodeQuery({
    client_id: CLIENT,
    redirect_uri: displayUri(issuer),
    response_type: 'code',
  });
  return linkedRedirect(`${issuer}/oauth/authorize?${query}`);
}

/** Shows a button first, and the token when it was pressed. */
function displayToken(server: OAuthState, request: Request): Reply {
  const values = formValues(request);
  const post = request.method === 'POST';
  if (post && !csrfMatches(request, values)) {
    return plainError(400, 'Could not check CSRF token. Please try again.');
  }
  const code = values.get('code') ?? '';
  const error = values.get('error') ?? (code === '' ? 'Requested parameter not sent' : undefined);
  if (error !== undefined) return failure(400, `Error handling auth request: ${error}`);
  if (!post) {
    const { value: csrf, headers } = openCsrf(request);
    const form = `<form method="post" action="${escapeHtml(request.path)}">
<input type="hidden" name="code" value="${escapeHtml(code)}">
<input type="hidden" name="csrf" value="${escapeHtml(csrf)}">
<button type="submit">Display Token</button>
</form>`;
    return pageReply(form, 200, headers);
  }
  const client = server.clients.get(CLIENT);
  if (client === undefined || !server.apiReachable())
    return failure(500, 'Error getting token: server_error');
  const redirectUri = displayUri(server.cluster.oauthUrl);
  const answer = exchangeCode(server, { client, code, redirectUri, verifier: '' });
  if (isReply(answer)) return failure(500, 'Error getting token: unauthorized_client');
  const token = answer.access_token;
  return pageReply(`<h2>Your API token is</h2>
<code>${token}</code>
<h2>Log in with this token</h2>
<pre>oc login --token=${token} --server=${escapeHtml(server.apiUrl())}</pre>
<a href="/oauth/token/request">Request another token</a>
${server.tokens.at(-1)?.userName === KUBE_ADMIN ? LOGOUT_FORM : ''}`);
}

function failure(status: number, message: string): Reply {
  const link = '<br><br>\n<a href="/oauth/token/request">Request another token</a>';
  return pageReply(`${escapeHtml(message)}\n${link}\n`, status);
}

function displayUri(issuer: string): string {
  return `${issuer}/oauth/token/display`;
}
