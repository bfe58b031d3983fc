import { sha256Digest } from '../cluster/image-store.ts';
import type { Reply } from '../http/message.ts';
import { emptyReply, ownUrl, type RegistryCall, registryError } from './registry-call.ts';
import type { Upload } from './upload-sessions.ts';

/** POST to `blobs/uploads/`: mounts a blob from another repository, or starts an upload. */
export function startUpload(call: RegistryCall): Reply {
  const { request, images, uploads, repository } = call;
  if (request.method !== 'POST') return emptyReply(405);
  const digest = request.query.get('mount');
  const from = request.query.get('from');
  if (digest !== null && from !== null && call.mayPull(from)) {
    const bytes = images.blob(from, digest);
    if (bytes !== undefined) return created(call, images.putBlob(repository, bytes));
  }
  return progress(call, uploads.start(repository), 202);
}

/** PATCH (more bytes), PUT (the last bytes and the digest), GET (how far) and DELETE of an upload. */
export function continueUpload(call: RegistryCall, id: string): Reply {
  const { request, images, uploads, repository } = call;
  const upload = uploads.find(repository, id, request.query.get('_state'));
  if (upload === undefined)
    return registryError(404, 'BLOB_UPLOAD_UNKNOWN', 'blob upload unknown to registry');
  switch (request.method) {
    case 'GET':
    case 'HEAD':
      return progress(call, upload, 204);
    case 'DELETE':
      uploads.end(upload);
      return emptyReply(204, { 'Docker-Upload-Uuid': upload.id });
    case 'PATCH': {
      const [, start] = /^(\d+)-\d+$/.exec(request.headers['content-range'] ?? '') ?? [];
      if (start !== undefined && Number(start) !== upload.bytes.length) return progress(call, upload, 416);
      upload.bytes = Buffer.concat([upload.bytes, request.body]);
      return progress(call, upload, 202);
    }
    case 'PUT': {
      const bytes = Buffer.concat([upload.bytes, request.body]);
      const digest = request.query.get('digest');
      if (digest !== sha256Digest(bytes)) {
        return registryError(400, 'DIGEST_INVALID', 'provided digest did not match uploaded content');
      }
      uploads.end(upload);
      return created(call, images.putBlob(repository, bytes));
    }
    default:
      return emptyReply(405);
  }
}

function progress({ request, repository }: RegistryCall, upload: Upload, status: number): Reply {
  const path = `/v2/${repository}/blobs/uploads/${upload.id}?_state=${encodeURIComponent(upload.state)}`;
  return emptyReply(status, {
    'Docker-Upload-Uuid': upload.id,
    Location: ownUrl(request, path),
    Range: `0-${Math.max(upload.bytes.length - 1, 0)}`,
  });
}

function created({ request, repository }: RegistryCall, digest: string): Reply {
  const Location = ownUrl(request, `/v2/${repository}/blobs/${digest}`);
  return emptyReply(201, { 'Docker-Content-Digest': digest, Location });
}
