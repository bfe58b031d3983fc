import { AppError } from '../../hosts/reason.ts';
import { parseObject, textIn } from '../reply-fields.ts';
import { oauthServerAway, oauthServerUnavailable, prepareAuthorization } from './code-flow.ts';
import type { LoginAccess } from './login-access.ts';
import type { OAuthMetadata } from './oauth-metadata.ts';

export interface BrowserLoginCheck {
  /** A public client, and a redirect URI that is registered for it. */
  readonly clientId: string;
  readonly redirectUri: string;
  /** Where a person finds a token to copy. */
  readonly tokenPage: string;
  /** The commands that log in by a password and by a token. */
  readonly byPassword: string;
  readonly byToken: string;
}

/**
 * Looks whether a browser could log in, before a person does so for nothing: asks as a browser does that nobody is logged
 * in with, and follows no redirect. The authorisation that it asks for has a state and a challenge of its own, which
 * nobody keeps: whatever came of it would be of no use. Cookies are dropped.
 * @throws AppError if the OAuth server can't be reached, fails, or knows no such client (OKD 3.11: 400
 *   `unauthorized_client`)
 */
export async function checkBrowserLogin(
  metadata: OAuthMetadata,
  { clientId, redirectUri, tokenPage, byPassword, byToken }: BrowserLoginCheck,
  { askOAuthServer }: Pick<LoginAccess, 'askOAuthServer'>,
): Promise<void> {
  const { issuer } = metadata;
  const { url } = await prepareAuthorization(metadata, clientId, redirectUri);
  const reply = await askOAuthServer({ method: 'GET', url, headers: {} });
  if (reply.status === 0) throw oauthServerAway(issuer, reply.detail);
  if (reply.status >= 500) throw oauthServerUnavailable(issuer, reply.status, 'a login by browser');
  if (reply.status !== 400 || textIn(parseObject(reply.body), 'error') !== 'unauthorized_client') return;
  throw new AppError({
    code: 'no-browser-login',
    message: `The OAuth server ${issuer} lets no program log in by the browser (unauthorized_client), as on OKD 3.11`,
    fix: { do: `By a password, run: ${byPassword}; or copy a token from ${tokenPage}, and run: ${byToken}` },
  });
}
