import type { Reply } from '../http/message.ts';
import { encodeQuery } from './go-query.ts';

/** Headers of every answer of the OAuth server, besides the type of its body. */
const HEADERS = {
  'Cache-Control': 'no-cache, no-store, max-age=0, must-revalidate',
  Expires: '0',
  Pragma: 'no-cache',
  'Referrer-Policy': 'strict-origin-when-cross-origin',
  'X-Content-Type-Options': 'nosniff',
  'X-Dns-Prefetch-Control': 'off',
  'X-Frame-Options': 'DENY',
  'X-Xss-Protection': '1; mode=block',
};
/** osin, the library behind authorize, token and info, adds an end of its own. */
const OSIN_HEADERS = { ...HEADERS, Expires: ['0', 'Fri, 01 Jan 1990 00:00:00 GMT'] };

/** The errors of RFC 6749, in osin's words. */
const DESCRIPTIONS: Readonly<Record<string, string>> = {
  access_denied: 'The resource owner or authorization server denied the request.',
  invalid_grant:
    'The provided authorization grant (e.g., authorization code, resource owner credentials) or refresh ' +
    'token is invalid, expired, revoked, does not match the redirection URI used in the authorization ' +
    'request, or was issued to another client.',
  invalid_request:
    'The request is missing a required parameter, includes an invalid parameter value, includes a ' +
    'parameter more than once, or is otherwise malformed.',
  server_error:
    'The authorization server encountered an unexpected condition that prevented it from fulfilling the request.',
  unauthorized_client: 'The client is not authorized to request a token using this method.',
  unsupported_grant_type: 'The authorization grant type is not supported by the authorization server.',
  unsupported_response_type: 'The authorization server does not support obtaining a token using this method.',
};

/** An OAuth error; the description is osin's own unless given, an empty `state` is left out. */
export interface OAuthError {
  readonly error: string;
  readonly description?: string;
  readonly state?: string;
}

/** A body of the server's own. */
export function bodyReply(status: number, type: string, body: string, headers: Reply['headers'] = {}): Reply {
  return { status, headers: { ...HEADERS, 'Content-Type': type, ...headers }, body };
}

/** A page for people. */
export function pageReply(html: string, status = 200, headers: Reply['headers'] = {}): Reply {
  return bodyReply(status, 'text/html; charset=UTF-8', html, headers);
}

/** Go's `http.Error`. */
export function plainError(status: number, text: string): Reply {
  return bodyReply(status, 'text/plain; charset=utf-8', `${text}\n`);
}

/** Go's `http.Redirect` of a GET, which writes a link as well. */
export function linkedRedirect(location: string): Reply {
  const body = `<a href="${escapeHtml(location)}">Found</a>.\n\n`;
  return bodyReply(302, 'text/html; charset=utf-8', body, { Location: location });
}

/** A redirect without a body. */
export function bareRedirect(location: string, headers: Reply['headers'] = {}): Reply {
  return { status: 302, headers: { ...HEADERS, Location: location, ...headers }, body: '' };
}

/** osin's JSON. */
export function oauthReply(status: number, value: object): Reply {
  return {
    status,
    headers: { ...OSIN_HEADERS, 'Content-Type': 'application/json' },
    body: `${JSON.stringify(value)}\n`,
  };
}

/** osin's JSON for an error that cannot, or must not, be sent to the redirect URI. */
export function oauthErrorReply(error: OAuthError): Reply {
  return oauthReply(400, errorValues(error));
}

/** osin's redirect to the client, with values in the query or in the fragment. */
export function clientRedirect(
  redirectUri: string,
  values: Readonly<Record<string, string | undefined>>,
  {
    fragment = false,
    setCookie,
  }: { readonly fragment?: boolean; readonly setCookie?: string | undefined } = {},
): Reply {
  const headers = {
    ...OSIN_HEADERS,
    Location: `${redirectUri}${fragment ? '#' : '?'}${encodeQuery(values)}`,
  };
  return {
    status: 302,
    headers: setCookie === undefined ? headers : { ...headers, 'Set-Cookie': setCookie },
    body: '',
  };
}

/** What osin tells of an error, by name. */
export function errorValues({ error, description, state }: OAuthError) {
  const words = description ?? DESCRIPTIONS[error];
  return {
    error,
    ...(words === undefined ? {} : { error_description: words }),
    ...(state === undefined || state === '' ? {} : { state }),
  };
}

/** Whether a `then` stays on this server. */
export function isServerRelative(url: string): boolean {
  return /^\/(?![/\\])/.test(url);
}

/** Text for use between tags and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&${ENTITIES[c] ?? ''};`);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': 'amp',
  '<': 'lt',
  '>': 'gt',
  '"': '#34',
  "'": '#39',
};
