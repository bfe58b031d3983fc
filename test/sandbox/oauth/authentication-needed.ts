import type { Reply, Request } from '../http/message.ts';
import { queryEscape, withQueryValue } from './go-query.ts';
import { type IdentityProvider, loginPath, passwordProviders } from './identity-providers.ts';
import { providerChoicePage } from './login-pages.ts';
import type { OAuthClient } from './oauth-clients.ts';
import { bodyReply, linkedRedirect, pageReply } from './oauth-reply.ts';
import { type OAuthState, requestTarget } from './oauth-state.ts';
import { siteRedirect } from './sign-in-site.ts';

/** Asks who is there: by a challenge or by a page, as the client wants it. Undefined: there is no way to ask. */
export function authenticationNeeded(
  server: OAuthState,
  client: OAuthClient,
  request: Request,
): Reply | undefined {
  const { providers } = server;
  const [first, second] = providers;
  if (first === undefined) return undefined;
  if (client.challenges) return challenge(server, request);
  const target = requestTarget(request);
  const chosen = request.query.get('idp') ?? '';
  if (chosen !== '') {
    const provider = providers.find(({ name }) => name === chosen);
    if (provider !== undefined) return redirectTo(server, provider, target);
    return bodyReply(500, 'text/plain; charset=utf-8', `Error: Unable to locate redirect handler: ${chosen}`);
  }
  if (second === undefined) return redirectTo(server, first, target);
  const choices = providers.map(({ name }) => ({ name, url: withQueryValue(target, 'idp', name) }));
  return pageReply(providerChoicePage(choices));
}

function redirectTo(server: OAuthState, provider: IdentityProvider, target: string): Reply {
  if (provider.kind === 'redirect') return siteRedirect(server, provider, target);
  return linkedRedirect(`${loginPath(server.providers, provider)}?then=${queryEscape(target)}`);
}

/** A page elsewhere must not be able to make a browser ask for a password: the header proves it is none. */
function challenge({ providers, cluster }: OAuthState, { headers }: Request): Reply {
  if (passwordProviders(providers).length === 0) {
    const url = `${cluster.oauthUrl}/oauth/token/request`;
    return warning(`You must obtain an API token by visiting ${url}`, { Link: `<${url}>; rel="related"` });
  }
  if ((headers['x-csrf-token'] ?? '') === '') {
    return warning('A non-empty X-CSRF-Token header is required to receive basic-auth challenges');
  }
  const { headers: own } = bodyReply(401, '', '', { 'Www-Authenticate': 'Basic realm="openshift"' });
  const { 'Content-Type': _, ...bare } = own ?? {};
  return { status: 401, headers: bare, body: '' };
}

function warning(words: string, headers: Reply['headers'] = {}): Reply {
  return bodyReply(401, 'text/plain; charset=utf-8', `${words}\n`, {
    Warning: `199 Origin "${words}"`,
    ...headers,
  });
}
