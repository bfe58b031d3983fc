import type { ServerName } from './message.ts';

/** Requests that tests wait for, slow down or break apart from all others to the same server. */
export type Endpoint =
  | 'secret-read'
  | 'secret-write'
  | 'tokenrequest'
  | 'users-me'
  | 'useroauthaccesstokens'
  | 'imagestreams'
  | 'registry-token'
  | 'oauth-metadata'
  | 'authorize'
  | 'login'
  | 'oauth-token'
  | 'revocation';

const ENDPOINTS: readonly (readonly [Endpoint, ServerName, string, RegExp])[] = [
  ['secret-read', 'api', 'GET', /^\/api\/v1\/namespaces\/[^/]+\/secrets\/[^/]+$/],
  ['secret-write', 'api', 'PATCH', /^\/api\/v1\/namespaces\/[^/]+\/secrets\/[^/]+$/],
  ['tokenrequest', 'api', 'POST', /^\/api\/v1\/namespaces\/[^/]+\/serviceaccounts\/[^/]+\/token$/],
  ['users-me', 'api', 'GET', /^\/apis\/user\.openshift\.io\/v1\/users\/~$/],
  ['useroauthaccesstokens', 'api', 'GET', /^\/apis\/oauth\.openshift\.io\/v1\/useroauthaccesstokens\b/],
  [
    'imagestreams',
    'api',
    'GET',
    /^\/apis\/image\.openshift\.io\/v1\/(namespaces\/[^/]+\/)?imagestreams(\/[^/]+)?$/,
  ],
  ['registry-token', 'registry', 'GET', /^\/openshift\/token$/],
  ['oauth-metadata', 'api', 'GET', /^\/\.well-known\/oauth-authorization-server$/],
  ['authorize', 'oauth', 'GET', /^\/oauth\/authorize$/],
  ['login', 'oauth', 'POST', /^\/login(\/[^/]+)?$/],
  ['oauth-token', 'oauth', 'POST', /^\/oauth\/token$/],
  ['revocation', 'api', 'DELETE', /^\/apis\/oauth\.openshift\.io\/v1\/useroauthaccesstokens\/[^/]+$/],
];

/** The endpoint that a request is for; the path may have a query. */
export function endpointOf(request: {
  readonly server: ServerName;
  readonly method: string;
  readonly path: string;
}): Endpoint | undefined {
  const [path = ''] = request.path.split('?');
  const found = ENDPOINTS.find(
    ([, server, method, pattern]) =>
      server === request.server && method === request.method && pattern.test(path),
  );
  return found?.[0];
}

/** The names of all endpoints. */
export function endpointNames(): Endpoint[] {
  return ENDPOINTS.map(([endpoint]) => endpoint);
}
