import { randomBytes } from 'node:crypto';
import type { Reply, Request } from '../http/message.ts';
import { messagePage } from './approval-page.ts';
import { encodeQuery } from './go-query.ts';
import { checkPassword, type IdentityProvider } from './identity-providers.ts';
import { bareRedirect, escapeHtml, isServerRelative, linkedRedirect, pageReply } from './oauth-reply.ts';
import { formValues, type OAuthState } from './oauth-state.ts';

/**
 * A site elsewhere that people sign in at, as GitHub or an OpenID provider; here it is at `/site/NAME` of the OAuth
 * server itself. It sends back a code of its own, which the OAuth server exchanges out of the browser's sight.
 */
export function siteRedirect({ cluster }: OAuthState, provider: IdentityProvider, then: string): Reply {
  const name = encodeURIComponent(provider.name);
  const state = Buffer.from(then).toString('base64url');
  const redirect_uri = `${cluster.oauthUrl}/oauth2callback/${name}`;
  return linkedRedirect(`${cluster.oauthUrl}/site/${name}?${encodeQuery({ redirect_uri, state })}`);
}

/** The site and the way back from it; undefined: neither is at this path. */
export function serveSignInSite(server: OAuthState, request: Request): Reply | undefined {
  const [, place, name] = /^\/(site|oauth2callback)\/([^/]+)$/.exec(request.path) ?? [];
  const provider = server.providers.find(
    (candidate) => candidate.kind === 'redirect' && encodeURIComponent(candidate.name) === name,
  );
  if (provider === undefined) return undefined;
  return place === 'site' ? serveSite(server, provider, request) : returnFromSite(server, request);
}

function serveSite(server: OAuthState, provider: IdentityProvider, request: Request): Reply {
  const values = formValues(request);
  const state = values.get('state') ?? '';
  const back = values.get('redirect_uri') ?? '';
  const cancel = `${back}?${encodeQuery({ error: 'access_denied', state })}`;
  if (request.method !== 'POST') return pageReply(sitePage(provider.name, back, state, cancel));
  const userName = checkPassword(provider, values.get('username') ?? '', values.get('password') ?? '');
  if (userName === undefined) return pageReply(sitePage(provider.name, back, state, cancel));
  const code = randomBytes(16).toString('base64url');
  server.siteCodes.set(code, userName);
  return bareRedirect(`${back}?${encodeQuery({ code, state })}`);
}

function returnFromSite(server: OAuthState, { query }: Request): Reply {
  const code = query.get('code') ?? '';
  const userName = server.siteCodes.get(code);
  const then = Buffer.from(query.get('state') ?? '', 'base64url').toString();
  if (userName === undefined || !isServerRelative(then) || !server.apiReachable()) {
    return pageReply(messagePage('An authentication error occurred.'));
  }
  server.siteCodes.delete(code);
  return bareRedirect(then, { 'Set-Cookie': server.sessions.open(userName) });
}

function sitePage(name: string, back: string, state: string, cancel: string): string {
  const title = `Sign in at ${escapeHtml(name)}`;
  return `<!DOCTYPE html>
<html lang="en">
<head><title>${title}</title></head>
<body>
<h1>${title}</h1>
<form action="" method="POST">
<input type="hidden" name="redirect_uri" value="${escapeHtml(back)}">
<input type="hidden" name="state" value="${escapeHtml(state)}">
<p><label for="username">User name</label> <input type="text" id="username" name="username"></p>
<p><label for="password">Password</label> <input type="password" id="password" name="password"></p>
<button type="submit">Sign in</button>
<a href="${escapeHtml(cancel)}">Cancel</a>
</form>
</body>
</html>
`;
}
