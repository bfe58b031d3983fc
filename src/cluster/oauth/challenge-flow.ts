import { AppError, withoutSecrets } from '../../hosts/reason.ts';
import { answerInWords } from '../retry-after.ts';
import type { Reply } from '../send-request.ts';
import type { LoginAccess, LoginRequest } from './access.ts';
import { type Authorization, oauthServerAway, prepareAuthorization } from './code-flow.ts';
import type { OAuthMetadata } from './metadata.ts';

const CLIENT = 'openshift-challenging-client';

/** An answer to how a server asks who one is. */
interface ChallengeAnswer {
  /** The scheme of `WWW-Authenticate` that it answers. */
  readonly scheme: 'Basic';
  /** `Authorization`'s value. */
  readonly authorization: string;
}

/**
 * @param username `kube:admin`, as the bootstrap administrator is called everywhere else, logs in as `kubeadmin`
 * @returns the answer to a Basic challenge
 * @throws AppError for another name with a colon, which would end there
 */
export function basicAnswer(username: string, password: string): ChallengeAnswer {
  const name = username === 'kube:admin' ? 'kubeadmin' : username;
  if (name.includes(':')) {
    throw new AppError({
      code: 'colon-in-name',
      message: 'A user name with a colon can be given to a browser only',
      fix: { do: 'Log in by the browser: leave out --username and --password-stdin.' },
    });
  }
  const pair = Buffer.from(`${name}:${password}`).toString('base64');
  return { scheme: 'Basic', authorization: `Basic ${pair}` };
}

/**
 * Logs in as `oc login -u` does: asks for an authorisation, is challenged, and answers (openshift/oc,
 * pkg/helpers/tokencmd; seen on 4.13). Credentials are sent only to a server that asks for them.
 * @returns the authorisation, and the query with its code
 * @throws AppError `no-password-login`, `login-failed` with the server's own words, or why there was no answer
 */
export async function answerChallenge(
  metadata: OAuthMetadata,
  answer: ChallengeAnswer,
  { askOAuthServer }: Pick<LoginAccess, 'askOAuthServer'>,
): Promise<{ authorization: Authorization; query: URLSearchParams }> {
  const redirectUri = `${metadata.issuer.replace(/\/$/, '')}/oauth/token/implicit`;
  const authorization = await prepareAuthorization(metadata, CLIENT, redirectUri);
  // Any value says that no page of another site sends this; without one there is no challenge.
  const headers = { 'x-csrf-token': '1', accept: 'application/json' };
  const request: LoginRequest = { method: 'GET', url: authorization.url, headers };
  const first = answered(await askOAuthServer(request), metadata);
  const reply = first.status === 401 ? await answerTo(first) : first;
  return { authorization, query: queryOf(reply, redirectUri, metadata) };

  async function answerTo(challenge: Reply): Promise<Reply> {
    if (!schemesOf(challenge).includes(answer.scheme.toLowerCase())) throw noPasswords(metadata);
    const withAnswer = { ...headers, authorization: answer.authorization };
    const second = answered(await askOAuthServer({ ...request, headers: withAnswer }), metadata);
    if (second.status === 401) throw failed(second, metadata);
    return second;
  }
}

function answered(reply: Reply, { issuer }: OAuthMetadata): Reply {
  if (reply.status === 0) throw oauthServerAway(issuer, reply.detail);
  return reply;
}

function schemesOf({ headers }: Reply): readonly string[] {
  // Several challenges come as several headers, which Node joins.
  return (headers?.['www-authenticate'] ?? '')
    .split(',')
    .map((challenge) => challenge.trim().split(' ', 1)[0]?.toLowerCase() ?? '');
}

/** What the server sends the client back with. */
function queryOf(reply: Reply, redirectUri: string, metadata: OAuthMetadata): URLSearchParams {
  const location = reply.headers?.location ?? '';
  const isRedirect = reply.status >= 300 && reply.status < 400;
  if (isRedirect && URL.canParse(location)) {
    const url = new URL(location);
    if (url.origin + url.pathname === redirectUri) return url.searchParams;
  }
  // To a login page: it has no other way than a browser's.
  if (isRedirect) throw noPasswords(metadata);
  throw new AppError({
    code: 'login-refused',
    message: `The OAuth server ${metadata.issuer} ${answerInWords(reply, ' to the login')}`,
    fix: { do: 'Try again in a minute.' },
  });
}

function noPasswords({ issuer }: OAuthMetadata): AppError {
  return new AppError({
    code: 'no-password-login',
    message: `${issuer} takes no passwords from programs: none of its identity providers does`,
    fix: { do: 'Log in by the browser: leave out --username and --password-stdin.' },
  });
}

/** In the server's own words, where it has any: `Warning: 199 Origin "…"`, or the answer's text. */
function failed({ headers, body }: Reply, { issuer }: OAuthMetadata): AppError {
  const warning = /^\d+ \S+ "(.*)"$/.exec(String(headers?.warning ?? ''))?.[1];
  const isText = String(headers?.['content-type'] ?? '').startsWith('text/plain');
  const words = (warning ?? (isText ? body : '')).replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
  const said = words === '' ? '' : `: ${withoutSecrets(words.slice(0, 300))}`;
  return new AppError({
    code: 'login-failed',
    message: `Login failed (401 Unauthorized) at ${issuer}${said}`,
    fix: { do: 'Look at the user name and the password, then log in again.' },
  });
}
