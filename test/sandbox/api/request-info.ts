import type { AccessRequest } from '../cluster/access.ts';
import { decodePathPart, type Request } from '../http/message.ts';

/** What Kubernetes calls RequestInfo: the path and method read as an operation on a resource. */
export interface RequestInfo extends AccessRequest {
  readonly version?: string;
}

const VERBS: Readonly<Record<string, string>> = {
  POST: 'create',
  GET: 'get',
  HEAD: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

/** Reads a request; whatever is not `/api/v1/…` or `/apis/GROUP/VERSION/…` is a non-resource path. */
export function readRequestInfo(request: Request): RequestInfo {
  const parts = request.path
    .split('/')
    .filter((part) => part !== '')
    .map(decodePathPart);
  const rest = parts[0] === 'api' ? parts.slice(2) : parts.slice(3);
  if ((parts[0] !== 'api' && parts[0] !== 'apis') || rest.length === 0) {
    return { verb: request.method.toLowerCase(), path: request.path };
  }
  const group = parts[0] === 'api' ? '' : (parts[1] ?? '');
  const version = (parts[0] === 'api' ? parts[1] : parts[2]) ?? '';
  let namespace: string | undefined;
  let own = rest;
  if (rest[0] === 'namespaces' && rest[1] !== undefined) {
    namespace = rest[1];
    if (rest.length > 2 && rest[2] !== 'status' && rest[2] !== 'finalize') own = rest.slice(2);
  }
  const [resource = '', name, subresource] = own;
  // A project is a namespace by another name, and is judged inside itself.
  if (resource === 'projects' && name !== undefined) namespace = name;
  return {
    group,
    version,
    verb: verbOf(request, name),
    resource,
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    ...(subresource === undefined ? {} : { subresource }),
  };
}

function verbOf(request: Request, name: string | undefined): string {
  const verb = VERBS[request.method] ?? '';
  if (name !== undefined) return verb;
  if (verb === 'delete') return 'deletecollection';
  if (verb !== 'get') return verb;
  return ['1', 'true'].includes(request.query.get('watch') ?? '') ? 'watch' : 'list';
}
