import type { ImageStore } from '../cluster/image-store.ts';
import { decodePathPart, type Reply, type Request } from '../http/message.ts';
import { serveBlob } from './blobs.ts';
import { repositoryUnknown, serveManifest } from './manifests.ts';
import { type Access, mayPull, refuseAccess, repositoryAccess } from './registry-access.ts';
import { type CallApi, emptyReply, REGISTRY_HEADERS, type RegistryCall } from './registry-call.ts';
import { serveToken } from './token-endpoint.ts';
import type { UploadSessions } from './upload-sessions.ts';
import { continueUpload, startUpload } from './uploads.ts';

const JSON_TYPE = { 'Content-Type': 'application/json; charset=utf-8' };

/** What a registry works on. */
export interface RegistryState {
  readonly images: ImageStore;
  readonly uploads: UploadSessions;
  readonly callApi: CallApi;
}

/** The integrated registry: the distribution API over the cluster's image streams and its grants. */
export function serveRegistry(state: RegistryState, request: Request): Reply {
  const { callApi } = state;
  const { path, method } = request;
  if (path === '/openshift/token') return serveToken(callApi, request);
  if (path === '/healthz') return { status: 200, headers: { 'Content-Length': '0' } };
  if (path === '/v2/' || path === '/v2') return refuseAccess(callApi, request, []) ?? jsonText({});
  if (path === '/v2/_catalog') {
    const access: Access = { Type: 'registry', Class: '', Name: 'catalog', Action: '*' };
    return refuseAccess(callApi, request, [access]) ?? catalog(state, request);
  }
  const signatures = /^\/extensions\/v2\/(.+)\/signatures\/([^/]+)$/.exec(path);
  if (signatures !== null) {
    const [, repository = '', digest = ''] = signatures;
    const access: Access = { Type: 'signature', Class: '', Name: repository, Action: 'get' };
    return refuseAccess(callApi, request, [access]) ?? noSignatures(state, repository, digest);
  }
  const route = readRepositoryPath(path);
  if (route === undefined) return { status: 404, headers: REGISTRY_HEADERS, body: '404 page not found\n' };
  const { repository } = route;
  const mountFrom = method === 'POST' ? (request.query.get('from') ?? undefined) : undefined;
  const refusal = refuseAccess(callApi, request, neededAccess(request, repository, mountFrom), mountFrom);
  return (
    refusal ??
    serveRepository({ ...state, request, repository, mayPull: (r) => mayPull(callApi, request, r) })
  );
}

/** The distribution API of one repository, for callers that were let in. */
export function serveRepository(call: RegistryCall): Reply {
  const route = readRepositoryPath(call.request.path);
  switch (route?.kind) {
    case 'manifests':
      return serveManifest(call, route.reference);
    case 'blobs':
      return serveBlob(call, route.reference);
    case 'uploads':
      return route.reference === '' ? startUpload(call) : continueUpload(call, route.reference);
    case 'tags':
      return tagsList(call);
    default:
      return emptyReply(404);
  }
}

type RouteKind = 'manifests' | 'blobs' | 'uploads' | 'tags';

/** Splits `/v2/NAME/…`; the name may hold slashes. */
export function readRepositoryPath(
  path: string,
): { repository: string; kind: RouteKind; reference: string } | undefined {
  const match =
    /^\/v2\/(?<name>.+)\/(?<kind>blobs\/uploads|blobs|manifests|tags)\/(?<reference>[^/]*)$/.exec(path) ??
    /^\/v2\/(?<name>.+)\/(?<kind>blobs\/uploads)$/.exec(path);
  const { name, kind, reference = '' } = match?.groups ?? {};
  if (name === undefined || kind === undefined) return undefined;
  if (kind === 'tags' && reference !== 'list') return undefined;
  return {
    repository: name,
    kind: kind === 'blobs/uploads' ? 'uploads' : (kind as RouteKind),
    reference: decodePathPart(reference),
  };
}

function neededAccess({ method }: Request, repository: string, mountFrom: string | undefined): Access[] {
  const pull = repositoryAccess(repository, 'pull');
  if (method === 'GET' || method === 'HEAD') return [pull];
  if (method === 'DELETE') return [repositoryAccess(repository, 'delete')];
  const push = [pull, repositoryAccess(repository, 'push')];
  return mountFrom === undefined ? push : [...push, repositoryAccess(mountFrom, 'pull')];
}

function tagsList({ images, request, repository }: RegistryCall): Reply {
  if (request.method !== 'GET' && request.method !== 'HEAD') return emptyReply(405);
  const stream = images.stream(repository);
  return stream === undefined
    ? repositoryUnknown()
    : jsonText({ name: repository, tags: [...stream.tags.keys()] });
}

function catalog({ images }: RegistryState, { query }: Request): Reply {
  const names = images.streams().map((stream) => `${stream.namespace}/${stream.name}`);
  const after = names.indexOf(query.get('last') ?? '') + 1;
  const count = Number(query.get('n') ?? '100');
  return jsonText({ repositories: names.slice(after, after + count) });
}

/** The signature extension; the sandbox signs nothing. */
function noSignatures({ images }: RegistryState, repository: string, digest: string): Reply {
  return images.manifest(repository, digest) === undefined ? emptyReply(404) : jsonText({ signatures: [] });
}

function jsonText(value: object): Reply {
  const body = JSON.stringify(value);
  return {
    status: 200,
    headers: { ...JSON_TYPE, ...REGISTRY_HEADERS },
    body: body === '{}' ? body : `${body}\n`,
  };
}
