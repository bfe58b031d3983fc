import type { Reply } from '../http/message.ts';
import { emptyReply, REGISTRY_HEADERS, type RegistryCall, registryError } from './registry-call.ts';

/** GET and HEAD of a blob; one byte range is served, as engines that resume ask for. */
export function serveBlob({ request, images, repository }: RegistryCall, digest: string): Reply {
  if (request.method === 'DELETE') return emptyReply(202);
  if (request.method !== 'GET' && request.method !== 'HEAD') return emptyReply(405);
  const bytes = images.blob(repository, digest);
  if (bytes === undefined) {
    return registryError(404, 'BLOB_UNKNOWN', 'blob unknown to registry', digest);
  }
  const headers = {
    ...REGISTRY_HEADERS,
    'Accept-Ranges': 'bytes',
    'Cache-Control': 'max-age=31536000',
    'Content-Type': 'application/octet-stream',
    'Docker-Content-Digest': digest,
    Etag: `"${digest}"`,
  };
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
  if (from === undefined) return { status: 200, headers, body: bytes };
  const start = Number(from);
  const end = Math.min(to === '' ? bytes.length - 1 : Number(to), bytes.length - 1);
  if (start > end) return emptyReply(416, { 'Content-Range': `bytes */${bytes.length}` });
  const range = { 'Content-Range': `bytes ${start}-${end}/${bytes.length}` };
  return { status: 206, headers: { ...headers, ...range }, body: bytes.subarray(start, end + 1) };
}
