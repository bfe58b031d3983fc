import type { Reply, Request } from '../http/message.ts';
import { encodeQuery, withQueryValue } from './go-query.ts';
import { checkPassword, type IdentityProvider, loginPath, passwordProviders } from './identity-providers.ts';
import { csrfMatches, openCsrf } from './login-cookies.ts';
import { loginPage } from './login-pages.ts';
import { bareRedirect, isServerRelative, linkedRedirect, pageReply, plainError } from './oauth-reply.ts';
import { formValues, type OAuthState } from './oauth-state.ts';

/** What the form says to the reasons that it is shown again for. */
const MESSAGES: Readonly<Record<string, string>> = {
  access_denied: 'Invalid login or password. Please try again.',
  token_expired: 'Could not check CSRF token. Please try again.',
  user_required: 'Login is required. Please try again.',
};
const OTHER_MESSAGE = 'An authentication error occurred.';

/** The provider whose form is at this path; undefined: there is none. */
export function loginFormAt({ providers }: OAuthState, path: string): IdentityProvider | undefined {
  return passwordProviders(providers).find((provider) => loginPath(providers, provider) === path);
}

/** `/login` or `/login/NAME`: the form, and what it sends. */
export function serveLogin(server: OAuthState, provider: IdentityProvider, request: Request): Reply {
  if (request.method === 'GET') return showForm(request);
  if (request.method === 'POST') return logIn(server, provider, request);
  return plainError(405, 'Method not allowed');
}

function showForm(request: Request): Reply {
  const then = request.query.get('then') ?? '';
  if (!isServerRelative(then)) return linkedRedirect('/');
  const { value: csrf, headers } = openCsrf(request);
  const reason = request.query.get('reason') ?? '';
  const error = reason === '' ? undefined : (MESSAGES[reason] ?? OTHER_MESSAGE);
  return pageReply(loginPage({ action: request.path, then, csrf, error }), 200, headers);
}

function logIn(server: OAuthState, provider: IdentityProvider, request: Request): Reply {
  const form = formValues(request);
  const then = form.get('then') ?? '';
  const again = (reason: string) => {
    const page = `${request.path}?${encodeQuery({ reason })}`;
    return bareRedirect(isServerRelative(then) ? withQueryValue(page, 'then', then) : page);
  };
  if (!csrfMatches(request, form)) return again('token_expired');
  if (!isServerRelative(then)) return bareRedirect('/');
  const user = form.get('username') ?? '';
  if (user === '') return again('user_required');
  const userName = checkPassword(provider, user, form.get('password') ?? '');
  if (userName === undefined) return again('access_denied');
  // The password is right, but whose it is cannot be looked up.
  if (!server.apiReachable()) return again('authentication_error');
  return bareRedirect(then, { 'Set-Cookie': server.sessions.open(userName) });
}
