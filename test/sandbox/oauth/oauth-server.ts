import { randomUUID } from 'node:crypto';
import type { Reply, Request } from '../http/message.ts';
import { serveApproval } from './approval.ts';
import { serveAuthorize } from './authorize.ts';
import { serveToken } from './exchange-code.ts';
import { loginFormAt, serveLogin } from './login-form.ts';
import { bareRedirect, bodyReply, isServerRelative, plainError } from './oauth-reply.ts';
import { formValues, type OAuthState } from './oauth-state.ts';
import { serveSignInSite } from './sign-in-site.ts';
import { serveTokenInfo } from './token-info.ts';
import { serveTokenPage } from './token-pages.ts';

/** The cluster's OAuth server: logins, codes and tokens for people. */
export function serveOAuth(server: OAuthState, request: Request): Reply {
  const served = server.cluster.mode === 'external-oidc' ? undefined : serve(server, request);
  const reply = served ?? notServed(request);
  return { ...reply, headers: { 'Audit-Id': randomUUID(), ...reply.headers } };
}

/** Whether a path is the OAuth server's, where it shares a listener with the API (OKD 3.11). */
export function isOAuthPath(path: string): boolean {
  return /^\/(oauth|login|logout|site|oauth2callback)(\/|$)/.test(path);
}

function serve(server: OAuthState, request: Request): Reply | undefined {
  switch (request.path) {
    case '/oauth/authorize':
      return serveAuthorize(server, request);
    case '/oauth/authorize/approve':
      return serveApproval(server, request);
    case '/oauth/token':
      return serveToken(server, request);
    case '/oauth/info':
      return serveTokenInfo(server.cluster, request);
    case '/logout':
      return serveLogout(server, request);
  }
  const provider = loginFormAt(server, request.path);
  if (provider !== undefined) return serveLogin(server, provider, request);
  return serveTokenPage(server, request) ?? serveSignInSite(server, request);
}

/** Ends the browser's session, which matters to kube:admin's alone. */
function serveLogout({ sessions }: OAuthState, request: Request): Reply {
  if (request.method !== 'POST') return plainError(405, 'Method not allowed');
  const then = formValues(request).get('then') ?? '';
  const headers = { 'Set-Cookie': sessions.leave() };
  return isServerRelative(then) ? bareRedirect(then, headers) : bodyReply(200, 'text/plain', '', headers);
}

function notServed({ path }: Request): Reply {
  if (path === '/healthz') return bodyReply(200, 'application/json', 'ok');
  const paths = ['/apis', '/healthz', '/livez', '/metrics', '/readyz'];
  return bodyReply(404, 'application/json', JSON.stringify({ paths }, undefined, 2));
}
