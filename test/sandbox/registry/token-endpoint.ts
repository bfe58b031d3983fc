import { basicCredentials, jsonReply, type Reply, type Request } from '../http/message.ts';
import { repositoryNameError } from './registry-access.ts';
import type { CallApi } from './registry-call.ts';
import { whoAmI } from './who-am-i.ts';

/** What engines get without credentials, and the registry takes for "nobody". */
const ANONYMOUS_TOKEN = 'anonymous';
const HEADERS = { 'Docker-Distribution-Api-Version': 'registry/2.0' } as const;

/**
 * `/openshift/token`, the token endpoint of the integrated registry: GET only, takes the Basic password as the
 * token, checks it with the cluster and hands it back. Any failure is a 401.
 */
export function serveToken(callApi: CallApi, request: Request): Reply {
  if (request.method !== 'GET') return { status: 405, headers: HEADERS };
  for (const scope of request.query.getAll('scope')) {
    const [type, name, actions, rest] = scope.split(':');
    if (actions === undefined || rest !== undefined || (type !== 'repository' && type !== 'signature'))
      continue;
    const error = repositoryNameError(name ?? '');
    if (error !== undefined) return refused(error);
  }
  const { authorization } = request.headers;
  if (authorization === undefined || authorization === '') return granted(ANONYMOUS_TOKEN);
  const credentials = basicCredentials(authorization);
  if (credentials === undefined) return unauthorized();
  const answer = whoAmI(callApi, credentials.password);
  if (answer.status === 401) return unauthorized();
  if (answer.status !== 200) {
    return refused(`unable to validate token${answer.reason === undefined ? '' : `: ${answer.reason}`}`);
  }
  return granted(credentials.password);
}

function granted(token: string): Reply {
  return jsonReply(200, { access_token: token, token }, HEADERS);
}

function unauthorized(): Reply {
  return { status: 401, headers: { 'Content-Type': 'application/json', ...HEADERS } };
}

function refused(details: string): Reply {
  // Go's encoder escapes these three.
  const json = JSON.stringify({ details }).replace(/[<>&]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`);
  return { ...jsonReply(401, {}, HEADERS), body: `${json}\n` };
}
