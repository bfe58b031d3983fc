import { basicCredentials, isReply, type Reply, type Request } from '../http/message.ts';
import { approvalNeeded } from './approval.ts';
import { authenticationNeeded } from './authentication-needed.ts';
import { type CodeChallenge, isPkceValue } from './authorization-codes.ts';
import { checkPassword, KUBE_ADMIN, passwordProviders } from './identity-providers.ts';
import { issueToken } from './issue-token.ts';
import { allowedRedirect, type OAuthClient } from './oauth-clients.ts';
import { clientRedirect, errorValues, oauthErrorReply } from './oauth-reply.ts';
import { type Authorization, formValues, type OAuthState } from './oauth-state.ts';
import { readScopes } from './requested-scopes.ts';

/** An authorization request that is well-formed. */
interface Question {
  readonly client: OAuthClient;
  readonly redirectUri: string;
  readonly state: string;
  readonly type: 'code' | 'token';
  readonly challenge: CodeChallenge | undefined;
}

/** `/oauth/authorize`: checks the client, then the person, then the scopes, in osin's order. */
export function serveAuthorize(server: OAuthState, request: Request): Reply {
  const values = formValues(request);
  const question = readQuestion(server, values);
  if (isReply(question)) return question;
  const { client, redirectUri, state } = question;
  const error = values.get('error') ?? '';
  if (error !== '') {
    const description = values.get('error_description') ?? '';
    const words = description === '' ? {} : { description };
    return clientRedirect(redirectUri, errorValues({ error, state, ...words }));
  }
  const person = authenticate(server, request);
  if (person === undefined) {
    const needed = authenticationNeeded(server, client, request);
    return needed ?? clientRedirect(redirectUri, errorValues({ error: 'access_denied', state }));
  }
  // Whatever comes of it, the session ends with the answer; only the bootstrap administrator's goes on.
  const setCookie = person.userName === KUBE_ADMIN ? undefined : server.sessions.leave();
  const scopes = readScopes(values.get('scope') ?? '');
  if ('problem' in scopes) {
    const refusal = errorValues({ error: 'invalid_scope', description: scopes.problem });
    return clientRedirect(redirectUri, refusal, { setCookie });
  }
  const needed = approvalNeeded(server, { client, redirectUri, userName: person.userName, scopes }, request);
  if (needed === 'denied') {
    return clientRedirect(redirectUri, errorValues({ error: 'access_denied', state }), { setCookie });
  }
  if (needed !== undefined) return needed;
  return grant(server, question, { ...person, scopes }, setCookie);
}

function readQuestion(server: OAuthState, values: URLSearchParams): Question | Reply {
  const state = values.get('state') ?? '';
  if (!server.apiReachable()) return oauthErrorReply({ error: 'server_error', state });
  const client = server.clients.get(values.get('client_id') ?? '');
  if (client === undefined) return oauthErrorReply({ error: 'unauthorized_client', state });
  const asked = values.get('redirect_uri') ?? '';
  const redirectUri = allowedRedirect(client, server.cluster.oauthUrl, asked);
  if (redirectUri === undefined) return oauthErrorReply({ error: 'invalid_request', state });
  const type = values.get('response_type');
  if (type !== 'code' && type !== 'token') {
    return clientRedirect(redirectUri, errorValues({ error: 'unsupported_response_type', state }));
  }
  const challenge = type === 'code' ? readChallenge(values) : undefined;
  if (typeof challenge === 'string') {
    const refusal = { error: 'invalid_request', description: `${challenge} (rfc7636)`, state };
    return clientRedirect(redirectUri, errorValues(refusal));
  }
  return { client, redirectUri, state, type, challenge };
}

/** PKCE is the client's choice; undefined: none. A text says what is wrong with it. */
function readChallenge(values: URLSearchParams): CodeChallenge | undefined | string {
  const value = values.get('code_challenge') ?? '';
  if (value === '') return undefined;
  const method = values.get('code_challenge_method') || 'plain';
  if (method !== 'plain' && method !== 'S256') {
    return 'code_challenge_method transform algorithm not supported';
  }
  return isPkceValue(value) ? { value, method } : 'code_challenge invalid';
}

/** The session counts before a password; bearer tokens count for nothing here. */
function authenticate(
  server: OAuthState,
  request: Request,
): Pick<Authorization, 'userName' | 'by'> | undefined {
  const inSession = server.sessions.userOf(request);
  if (inSession !== undefined) return { userName: inSession, by: 'session' };
  const credentials = basicCredentials(request.headers.authorization);
  if (credentials === undefined) return undefined;
  for (const provider of passwordProviders(server.providers)) {
    const userName = checkPassword(provider, credentials.user, credentials.password);
    if (userName !== undefined) return { userName, by: 'basic' };
  }
  return undefined;
}

function grant(
  server: OAuthState,
  { client, redirectUri, state, type, challenge }: Question,
  to: Pick<Authorization, 'userName' | 'by' | 'scopes'>,
  setCookie: string | undefined,
): Reply {
  const given = { clientName: client.name, redirectUri, userName: to.userName, scopes: to.scopes };
  server.authorizations.push({ ...given, by: to.by, state, timeMs: server.clock.nowMs() });
  if (type === 'code') {
    const code = server.codes.issue({ ...given, challenge });
    return clientRedirect(redirectUri, { code, state }, { setCookie });
  }
  const answer = issueToken(server, client, given);
  const values = {
    ...answer,
    expires_in: String(answer.expires_in),
    state: state === '' ? undefined : state,
  };
  return clientRedirect(redirectUri, values, { fragment: true, setCookie });
}
