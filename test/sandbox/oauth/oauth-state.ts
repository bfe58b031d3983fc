import type { Clock } from '../clock.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Request } from '../http/message.ts';
import { type AuthorizationCodes, createAuthorizationCodes } from './authorization-codes.ts';
import {
  createIdentityProviders,
  type IdentityProvider,
  type IdentityProviderOptions,
} from './identity-providers.ts';
import { createLoginSessions, type LoginSessions } from './login-cookies.ts';
import { createOAuthClients, type OAuthClient, type OAuthClientOptions } from './oauth-clients.ts';

/** A request of a client that ended in a code or, in the implicit flow, in a token. */
export interface Authorization {
  readonly clientName: string;
  readonly userName: string;
  /** `session`: by a login form or page; `basic`: by a challenge. */
  readonly by: 'session' | 'basic';
  readonly redirectUri: string;
  /** Empty: none was sent. */
  readonly state: string;
  readonly scopes: readonly string[];
  readonly timeMs: number;
}

/** A token that the OAuth server handed out. */
export interface IssuedToken {
  readonly clientName: string;
  readonly userName: string;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly lifeSeconds: number;
  readonly timeMs: number;
  readonly token: string;
}

export interface OAuthOptions {
  readonly users: readonly string[];
  readonly identityProviders?: readonly IdentityProviderOptions[];
  readonly kubeAdmin?: boolean;
  readonly oauthClients?: readonly OAuthClientOptions[];
  readonly tokenLifeSeconds?: number;
}

/** What the OAuth server works on. */
export interface OAuthState {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly clients: Map<string, OAuthClient>;
  readonly providers: readonly IdentityProvider[];
  readonly sessions: LoginSessions;
  readonly codes: AuthorizationCodes;
  /** Codes of the sites that `redirect` providers stand for, with the user who signed in there. */
  readonly siteCodes: Map<string, string>;
  /** What people approved, as `user client scope`. */
  readonly approvals: Set<string>;
  readonly authorizations: Authorization[];
  readonly tokens: IssuedToken[];
  /** How long the tokens of clients without a life of their own live. */
  readonly tokenLifeSeconds: number;
  /** Whether clients, users and tokens can be looked up: they are objects of the API. */
  apiReachable(): boolean;
  /** The API server, as pages name it. */
  apiUrl(): string;
}

/** The OAuth server of a new cluster. */
export function createOAuthState(
  cluster: Cluster,
  options: OAuthOptions,
  api: { readonly apiUrl: () => string; readonly apiDown: () => boolean },
): OAuthState {
  const { clock } = cluster;
  const providers = options.identityProviders ?? [{ name: 'htpasswd' }];
  return {
    cluster,
    clock,
    clients: createOAuthClients(options.oauthClients ?? [], cluster.mode !== 'okd-3.11'),
    providers: createIdentityProviders(providers, options.users, options.kubeAdmin ?? false),
    sessions: createLoginSessions(clock),
    codes: createAuthorizationCodes(clock),
    siteCodes: new Map(),
    approvals: new Set(),
    authorizations: [],
    tokens: [],
    tokenLifeSeconds: options.tokenLifeSeconds ?? 86_400,
    apiUrl: api.apiUrl,
    apiReachable: () => !api.apiDown() && !cluster.validationDown,
  };
}

/** Query and form together; of a name in both, the form's value counts. */
export function formValues({ method, query, headers, body }: Request): URLSearchParams {
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
  if (method !== 'POST' || !isForm) return query;
  const form = new URLSearchParams(body.toString());
  for (const [name, value] of query) if (!form.has(name)) form.append(name, value);
  return form;
}

/** The request's path and query, as sent. */
export function requestTarget({ path, search = '' }: Request): string {
  return `${path}${search}`;
}
