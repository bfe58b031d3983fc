import { basicCredentials, type Reply, type Request } from '../http/message.ts';
import { type CallApi, emptyReply, ownUrl, registryError } from './registry-call.ts';
import { whoAmI } from './who-am-i.ts';

/** One thing a request needs, in the spelling of a 401's `detail`. */
export interface Access {
  readonly Type: 'repository' | 'registry' | 'signature';
  readonly Class: '';
  readonly Name: string;
  readonly Action: 'pull' | 'push' | 'delete' | 'get' | '*';
}

export function repositoryAccess(name: string, action: 'pull' | 'push' | 'delete'): Access {
  return { Type: 'repository', Class: '', Name: name, Action: action };
}

/** What is wrong with a repository's name, in the registry's words. */
export function repositoryNameError(name: string): string | undefined {
  const parts = name.split('/');
  if (parts.length === 2 && parts.every((part) => part !== '')) return undefined;
  return `repository name ${JSON.stringify(name)} invalid: it must be of the format <project>/<name>`;
}

/**
 * Lets a request through (undefined) or answers it. Behaviour of image-registry's access controller: the token is
 * judged by the API as its user, without a fallback to anonymous. What the API cannot decide is a bare 400.
 */
export function refuseAccess(
  callApi: CallApi,
  request: Request,
  accesses: readonly Access[],
  mountFrom?: string,
): Reply | undefined {
  const detail = accesses.length === 0 ? null : accesses;
  const challenge = (value: string) =>
    registryError(401, 'UNAUTHORIZED', 'authentication required', detail, { 'Www-Authenticate': value });
  const denied = () => challenge('Basic realm=openshift,error="access denied"');

  const token = requestToken(request.headers.authorization);
  if (token === 'required') return challenge(`Bearer realm="${ownUrl(request, '/openshift/token')}"`);
  if (token === 'undecodable') return challenge('Basic realm=openshift,error="failed to decode credentials"');
  if (token.value !== '') {
    const { status } = whoAmI(callApi, token.value);
    if (status === 401 || status === 403) return denied();
    if (status !== 200) return emptyReply(400);
  }
  for (const access of accesses) {
    // A blob that may not be mounted from elsewhere is uploaded instead.
    if (access.Name === mountFrom && access.Name !== accesses[0]?.Name) continue;
    if (access.Type !== 'registry' && repositoryNameError(access.Name) !== undefined) return emptyReply(400);
    const allowed = mayAccess(callApi, token.value, access);
    if (allowed === undefined) return emptyReply(400);
    if (!allowed) return denied();
  }
  return undefined;
}

/** Whether the caller of an authorized request may pull from a repository. */
export function mayPull(callApi: CallApi, request: Request, repository: string): boolean {
  const token = requestToken(request.headers.authorization);
  return (
    typeof token === 'object' &&
    mayAccess(callApi, token.value, repositoryAccess(repository, 'pull')) === true
  );
}

/** Asks by SelfSubjectAccessReview; undefined: the API did not answer the question. */
function mayAccess(callApi: CallApi, token: string, access: Access): boolean | undefined {
  const answer = callApi('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', token, {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes: { group: 'image.openshift.io', ...attributesOf(access) } },
  });
  if (answer === undefined) return undefined;
  if (answer.status === 401 || answer.status === 403) return false;
  if (answer.status !== 201) return undefined;
  return (answer.body as { status: { allowed: boolean } }).status.allowed;
}

function attributesOf(access: Access): object {
  if (access.Type === 'registry') return { verb: 'list', resource: 'imagestreams' };
  if (access.Action === 'delete') return { verb: 'delete', resource: 'images' };
  const [namespace, name] = access.Name.split('/');
  const verb = access.Action === 'push' ? 'update' : 'get';
  return { verb, resource: 'imagestreams/layers', namespace, name };
}

/** The token of a request; empty: anonymous. */
function requestToken(authorization: string | undefined): { value: string } | 'required' | 'undecodable' {
  const space = (authorization ?? '').indexOf(' ');
  if (authorization === undefined || space < 0) return 'required';
  const scheme = authorization.slice(0, space).toLowerCase();
  const value = authorization.slice(space + 1);
  if (scheme === 'bearer') return { value: value === 'anonymous' ? '' : value };
  if (scheme !== 'basic') return 'required';
  const password = basicCredentials(authorization)?.password ?? '';
  return password === '' ? 'undecodable' : { value: password };
}
