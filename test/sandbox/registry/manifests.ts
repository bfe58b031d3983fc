import { readJson } from '../api/api-call.ts';
import { type Manifest, sha256Digest } from '../cluster/image-store.ts';
import { DOCKER_MANIFEST } from '../cluster/sample-image.ts';
import type { Reply } from '../http/message.ts';
import { emptyReply, ownUrl, REGISTRY_HEADERS, type RegistryCall, registryError } from './registry-call.ts';

/** The manifest types that are accepted, and which of them are lists of other manifests. */
const MANIFEST_TYPES: Readonly<Record<string, 'image' | 'list'>> = {
  [DOCKER_MANIFEST]: 'image',
  'application/vnd.oci.image.manifest.v1+json': 'image',
  'application/vnd.docker.distribution.manifest.list.v2+json': 'list',
  'application/vnd.oci.image.index.v1+json': 'list',
};

interface Descriptor {
  readonly digest?: string;
}

interface ManifestBody {
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[];
  readonly manifests?: readonly Descriptor[];
}

/** GET, HEAD and PUT of a manifest by tag or digest. */
export function serveManifest(call: RegistryCall, reference: string): Reply {
  const { request, images, repository } = call;
  if (request.method === 'PUT') return putManifest(call, reference);
  if (request.method === 'DELETE') return emptyReply(202);
  if (request.method !== 'GET' && request.method !== 'HEAD') return emptyReply(405);
  if (images.stream(repository) === undefined) return repositoryUnknown();
  const manifest = images.manifest(repository, reference);
  const elsewhere = images.stream(repository)?.elsewhere.get(reference);
  if (elsewhere?.isImported === true) {
    // image-registry 2026-01, seen; the message is the fault of the pull-through.
    return registryError(404, 'OPENSHIFT_PULLTHROUGH_MANIFEST', elsewhere.fault);
  }
  if (manifest === undefined) {
    const detail = reference.includes(':') ? { Name: repository, Revision: reference } : { Tag: reference };
    return registryError(404, 'MANIFEST_UNKNOWN', 'manifest unknown', detail);
  }
  return {
    status: 200,
    headers: {
      'Content-Type': manifest.mediaType,
      'Docker-Content-Digest': manifest.digest,
      ...REGISTRY_HEADERS,
      Etag: `"${manifest.digest}"`,
    },
    body: manifest.bytes,
  };
}

export function repositoryUnknown(): Reply {
  return registryError(404, 'NAME_UNKNOWN', 'repository name not known to registry');
}

function putManifest({ request, images, repository }: RegistryCall, reference: string): Reply {
  const { body } = request;
  const mediaType = (request.headers['content-type'] ?? '').split(';')[0] ?? '';
  const kind = MANIFEST_TYPES[mediaType];
  const parsed = readJson(body) as ManifestBody | undefined;
  if (kind === undefined || parsed === undefined) {
    return registryError(400, 'MANIFEST_INVALID', 'manifest invalid', {});
  }
  if (reference.includes(':') && reference !== sha256Digest(body)) {
    return registryError(400, 'DIGEST_INVALID', 'provided digest did not match uploaded content');
  }
  const parts = kind === 'list' ? (parsed.manifests ?? []) : [parsed.config ?? {}, ...(parsed.layers ?? [])];
  for (const { digest = '' } of parts) {
    const found = kind === 'list' ? images.manifest(repository, digest) : images.blob(repository, digest);
    if (found === undefined) {
      const detail = { digest };
      return kind === 'list'
        ? registryError(400, 'MANIFEST_UNKNOWN', 'manifest unknown', detail)
        : registryError(400, 'MANIFEST_BLOB_UNKNOWN', 'blob unknown to registry', detail);
    }
  }
  const tag = reference.includes(':') ? undefined : reference;
  const manifest: Manifest = images.putManifest(repository, mediaType, body, tag);
  const Location = ownUrl(request, `/v2/${repository}/manifests/${manifest.digest}`);
  return emptyReply(201, { 'Docker-Content-Digest': manifest.digest, Location });
}
