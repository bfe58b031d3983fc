import type { GrantMethod } from './oauth-clients.ts';
import type { Authorization, IssuedToken, OAuthState } from './oauth-state.ts';

/** What tests see of the OAuth server, and change while it runs. */
export interface OAuthControls {
  /** Every time that somebody was logged in and sent back to a client with a code or token. */
  readonly authorizations: readonly Authorization[];
  /** Every token handed out by a login; those of `issueOAuthToken` are not among them. */
  readonly tokens: readonly IssuedToken[];
  /** Gives a user a password at all providers that ask for one themselves, or at one. */
  setPassword(user: string, password: string, provider?: string): void;
  /** Whether a client is let in, approved by a page with a Deny button, or denied once somebody has logged in. */
  setGrantMethod(client: string, method: GrantMethod): void;
}

/** @throws Error for a client that does not exist. */
export function createOAuthControls(server: OAuthState): OAuthControls {
  return {
    authorizations: server.authorizations,
    tokens: server.tokens,
    setPassword(user, password, name) {
      for (const provider of server.providers) {
        if (name === undefined || provider.name === name) provider.passwords.set(user, password);
      }
    },
    setGrantMethod(name, grantMethod) {
      const client = server.clients.get(name);
      if (client === undefined) throw new Error(`no OAuth client is called ${name}`);
      server.clients.set(name, { ...client, grantMethod });
    },
  };
}
