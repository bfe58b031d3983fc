/** What happens when a person has logged in and has not approved the client before. */
export type GrantMethod = 'auto' | 'prompt' | 'deny';

/** An OAuthClient object. */
export interface OAuthClient {
  readonly name: string;
  /** URLs, or paths on the OAuth server itself. */
  readonly redirectUris: readonly string[];
  /** Empty: a public client. */
  readonly secret: string;
  /** Asked for credentials by a challenge, not by a login page. */
  readonly challenges: boolean;
  readonly grantMethod: GrantMethod;
  /** How long its tokens live; undefined: as the cluster says; 0: for ever. */
  readonly tokenLifeSeconds?: number;
  readonly inactivityTimeoutSeconds?: number;
}

/** A client to be added, or parts of a built-in one to be changed. */
export type OAuthClientOptions = Partial<OAuthClient> & Pick<OAuthClient, 'name'>;

const PUBLIC = { secret: '', challenges: false, grantMethod: 'auto' } as const;

/** The clients that every cluster has, and those asked for. 3.11 knows no client for `oc login --web`. */
export function createOAuthClients(
  options: readonly OAuthClientOptions[],
  cliClient: boolean,
): Map<string, OAuthClient> {
  const builtIn: OAuthClient[] = [
    {
      ...PUBLIC,
      name: 'openshift-challenging-client',
      redirectUris: ['/oauth/token/implicit'],
      challenges: true,
    },
    {
      ...PUBLIC,
      name: 'openshift-browser-client',
      redirectUris: ['/oauth/token/display'],
      secret: crypto.randomUUID(),
    },
  ];
  const loopback = ['http://127.0.0.1/callback', 'http://[::1]/callback'];
  if (cliClient) builtIn.push({ ...PUBLIC, name: 'openshift-cli-client', redirectUris: loopback });
  const clients = new Map(builtIn.map((client) => [client.name, client]));
  for (const changed of options) {
    clients.set(changed.name, { ...PUBLIC, redirectUris: [], ...clients.get(changed.name), ...changed });
  }
  return clients;
}

/**
 * The redirect URI that a request of this client leads to; undefined: none that is registered. Paths below a
 * registered one count as well, and loopback addresses (not the name `localhost`) with any port.
 */
export function allowedRedirect(client: OAuthClient, issuer: string, asked: string): string | undefined {
  const registered = client.redirectUris.map((uri) => (uri.startsWith('/') ? `${issuer}${uri}` : uri));
  const [only, ...others] = registered;
  const wanted = splitUrl(asked === '' && others.length === 0 && only !== undefined ? only : asked);
  if (wanted === undefined) return undefined;
  const matches = registered.some((uri) => {
    const base = splitUrl(uri);
    if (base === undefined || base.scheme !== wanted.scheme) return false;
    const anyPort = base.scheme === 'http' && /^(127\.0\.0\.1|\[::1\])$/.test(base.host);
    const host = anyPort ? wanted.host.replace(/:\d+$/, '') : wanted.host;
    return host === base.host && `${wanted.path}/`.startsWith(`${base.path.replace(/\/+$/, '')}/`);
  });
  return matches ? `${wanted.scheme}://${wanted.host}${wanted.path}` : undefined;
}

/** Splits as Go does, which leaves addresses as they are written; undefined: no URL, or one with a fragment. */
function splitUrl(url: string): { scheme: string; host: string; path: string } | undefined {
  const [, scheme, host, path] = /^(\w+):\/\/([^/?#]+)([^?#]*)(?:\?[^#]*)?$/.exec(url) ?? [];
  return scheme === undefined || host === undefined || path === undefined
    ? undefined
    : { scheme, host, path };
}
