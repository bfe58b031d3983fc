import * as oauth from 'oauth4webapi';
import { AppError, holdsSecret } from '../../hosts/reason.ts';
import { parseObject, textIn } from '../reply-fields.ts';
import { answerInWords } from '../retry-after.ts';
import type { Reply } from '../send-request.ts';
import type { LoginAccess } from './access.ts';
import type { OAuthMetadata } from './metadata.ts';

/** One authorisation that was asked for: what proves that its code was meant for us. */
export interface Authorization {
  readonly metadata: OAuthMetadata;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly state: string;
  readonly verifier: string;
  /** Where it is asked for: holds the verifier's challenge only. */
  readonly url: URL;
}

/** What an authorisation is proved by: texts that nobody can guess. */
const DRAW = { state: oauth.generateRandomState, verifier: oauth.generateRandomCodeVerifier };

/**
 * Prepares an authorisation with PKCE (RFC 7636) and `state`, each for one use.
 * @param clientId a public client that every cluster registers
 * @param redirectUri one that is registered for it
 */
export async function prepareAuthorization(
  metadata: OAuthMetadata,
  clientId: string,
  redirectUri: string,
  draw: typeof DRAW = DRAW,
): Promise<Authorization> {
  const { state, verifier, challenge } = await drawPrintable(draw);
  const url = new URL(metadata.authorizationEndpoint);
  const query = {
    client_id: clientId,
    code_challenge: challenge,
    code_challenge_method: 'S256',
    redirect_uri: redirectUri,
    response_type: 'code',
    state,
  };
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return { metadata, clientId, redirectUri, state, verifier, url };
}

/**
 * One text of some thousands has `eyJ` in it, which JWTs begin with: whatever prints the address would black it out, and it
 * would lead nowhere.
 */
async function drawPrintable(draw: typeof DRAW) {
  for (;;) {
    const [state, verifier] = [draw.state(), draw.verifier()];
    const challenge = await oauth.calculatePKCECodeChallenge(verifier);
    if (!holdsSecret(`code_challenge=${challenge}&state=${state}`)) return { state, verifier, challenge };
  }
}

/**
 * Exchanges the code of an authorisation's answer for a token.
 * @param answer the query that the server sent the person back with
 * @returns the token
 * @throws AppError `login-denied`, `no-code`, `code-refused`, or why no token was to be had; without a word of code or token
 */
export async function exchangeCode(
  authorization: Authorization,
  answer: URLSearchParams,
  { askOAuthServer }: Pick<LoginAccess, 'askOAuthServer'>,
): Promise<string> {
  const { metadata, clientId, redirectUri, state, verifier } = authorization;
  const server: oauth.AuthorizationServer = {
    issuer: metadata.issuer,
    authorization_endpoint: metadata.authorizationEndpoint.href,
    token_endpoint: metadata.tokenEndpoint.href,
  };
  const client: oauth.Client = { client_id: clientId };
  const fetchBySendRequest = async (url: string, init: oauth.CustomFetchOptions<'POST', URLSearchParams>) => {
    const headers = { ...init.headers, 'content-type': 'application/x-www-form-urlencoded' };
    const request = { method: init.method, url: new URL(url), headers, body: init.body.toString() };
    const reply = await askOAuthServer(request);
    if (reply.status >= 500 || reply.status === 429 || (reply.status > 0 && reply.status < 200))
      throw oauthServerUnavailable(metadata.issuer, reply, "the login's code");
    return responseOf(reply, metadata);
  };
  const params = validated(() => oauth.validateAuthResponse(server, client, answer, state), metadata);
  try {
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      withEmptySecret,
      params,
      redirectUri,
      verifier,
      { [oauth.customFetch]: fetchBySendRequest },
    );
    const { access_token } = await oauth.processAuthorizationCodeResponse(server, client, response);
    return access_token;
  } catch (error) {
    throw told(error, metadata);
  }
}

/** @throws AppError `no-code` for a query that has none, or more than one, or names another issuer */
function validated(validate: () => URLSearchParams, metadata: OAuthMetadata): URLSearchParams {
  try {
    const params = validate();
    const [code = '', ...others] = params.getAll('code');
    if (code !== '' && others.length === 0) return params;
  } catch (error) {
    // What the library finds wrong with the query itself; a refusal is told like any other.
    if (!(error instanceof oauth.OperationProcessingError)) throw told(error, metadata);
  }
  throw new AppError({
    code: 'no-code',
    message: 'That address has no code of this login',
    fix: { do: 'Log in in the browser to its end, or paste the whole address that it ends at.' },
  });
}

/**
 * OpenShift's public clients prove themselves by an empty secret: `client_id` in the form alone is refused (seen on
 * 4.13).
 */
const withEmptySecret: oauth.ClientAuth = (_server, { client_id }, _body, headers) => {
  headers.set('authorization', `Basic ${Buffer.from(`${client_id}:`).toString('base64')}`);
};

/** The Fetch standard's: with a body they are no `Response`, and servers send one all the same. */
const WITHOUT_BODY: readonly number[] = [204, 205, 304];

function responseOf(reply: Reply, { issuer }: OAuthMetadata): Response {
  if (reply.status === 0) throw oauthServerAway(issuer, reply.detail);
  const type = reply.headers?.['content-type'];
  const isEmpty = reply.body === '' || WITHOUT_BODY.includes(reply.status);
  return new Response(isEmpty ? null : reply.body, {
    status: reply.status,
    headers: type === undefined ? {} : { 'content-type': type },
  });
}

/** @returns the error that tells a person of an OAuth server that fails. @param of what it was asked for */
function oauthServerUnavailable(issuer: string, reply: Reply, of: string): AppError {
  return new AppError({
    code: 'oauth-server-unavailable',
    message: `The OAuth server ${issuer} ${answerInWords(reply, ` to ${of}`)}`,
    fix: { do: 'Log in again in a minute.' },
  });
}

/** @returns the error that tells a person of an OAuth server that does not answer */
export function oauthServerAway(issuer: string, detail: string): AppError {
  return new AppError({
    code: 'oauth-server-unreachable',
    message: `The OAuth server ${issuer} can't be reached: ${detail}`,
    fix: {
      do: detail.includes('certificate')
        ? 'Put the authority of its certificate into a directory that SSL_CERT_DIR names, then log in again.'
        : 'Look at the network, a VPN or proxy, then log in again.',
    },
  });
}

/** What went wrong, as a person is told. Nothing of the answers' own is repeated but the server's code for it. */
function told(error: unknown, { issuer }: OAuthMetadata): unknown {
  if (error instanceof AppError) return error;
  if (error instanceof oauth.AuthorizationResponseError) {
    const isDenied = error.error === 'access_denied';
    return new AppError({
      code: isDenied ? 'login-denied' : 'login-refused',
      message: isDenied
        ? `The login was cancelled at ${issuer}`
        : `The OAuth server ${issuer} refused the login (${codeWord(error.error)})`,
      fix: { do: 'Log in again.' },
    });
  }
  if (error instanceof oauth.ResponseBodyError || error instanceof oauth.WWWAuthenticateChallengeError) {
    const code = error instanceof oauth.ResponseBodyError ? codeWord(error.error) : `${error.status}`;
    return new AppError({
      code: 'code-refused',
      message: `The OAuth server ${issuer} did not take the login's code (${code}): it was used before, or is too old`,
      fix: { do: 'Log in again.' },
    });
  }
  if (error instanceof oauth.OperationProcessingError || error instanceof oauth.UnsupportedOperationError) {
    const status = error.cause instanceof Response ? error.cause.status : 200;
    return new AppError({
      code: 'no-token-in-reply',
      message: `The OAuth server ${issuer} answered ${status === 200 ? '' : `${status}, `}without a token`,
      fix: { do: `Log in with: oc login, or ask the cluster's administrators to look at its OAuth server.` },
    });
  }
  return error;
}

/** One of OAuth's words for what is wrong, and nothing that a page could have put in its place. */
function codeWord(code: string): string {
  return /^[a-z_]{1,40}$/.test(code) ? code : 'unknown error';
}

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
  const error = textIn(parseObject(reply.body), 'error');
  // So it answers where oauth-apiserver is down (seen with 4.13 and 4.22): a person would log in for nothing.
  if (reply.status >= 500 || error === 'server_error')
    throw oauthServerUnavailable(issuer, reply, 'a login by browser');
  if (reply.status !== 400 || error !== 'unauthorized_client') return;
  throw new AppError({
    code: 'no-browser-login',
    message: `The OAuth server ${issuer} lets no program log in by the browser (unauthorized_client), as on OKD 3.11`,
    fix: { do: `By a token from ${tokenPage}: ${byToken}; or by a password: ${byPassword}` },
  });
}
