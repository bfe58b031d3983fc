import assert from 'node:assert/strict';
import { sha256Digest } from './cluster/image-store.ts';
import type { ClientResponse } from './https-client.ts';
import { readPage } from './page-parts.ts';
import type { Transcript } from './transcript.ts';

/** Headers about the connection, the moment or flow control, which no client of ours reads. */
const IGNORED_HEADERS = new Set([
  'connection',
  'content-length',
  'date',
  'keep-alive',
  'transfer-encoding',
  'x-kubernetes-pf-flowschema-uid',
  'x-kubernetes-pf-prioritylevel-uid',
]);

/** Headers whose value differs from run to run, and the form it must have. */
const MASKED_HEADERS: Readonly<Record<string, RegExp>> = {
  'audit-id': /^[0-9a-f-]{36}$/,
  'docker-content-digest': /^sha256:[0-9a-f]{64}$/,
  'docker-upload-uuid': /^[0-9a-f-]{36}$/,
  etag: /^"sha256:[0-9a-f]{64}"$/,
};
const UPLOAD =
  /^https:\/\/localhost:25000\/v2\/alice-ns\/private\/blobs\/uploads\/[0-9a-f-]{36}\?_state=[\w%-]+$/;

/** Fields of JSON bodies that are present on both sides and differ by nature. */
const MASKED_FIELDS = new Set([
  // Identity and time of objects.
  'uid',
  'userUID',
  'resourceVersion',
  'creationTimestamp',
  'created',
  'managedFields',
  'authorizeToken',
  // Images of other content.
  'digest',
  'dockerImageReference',
  'image',
  'size',
  // The recorded API server was built without version information.
  'major',
  'minor',
  'gitVersion',
  'gitCommit',
  'gitTreeState',
  'buildDate',
  'goVersion',
  // The index of oauth-server's health checks.
  'paths',
]);

/** Fails unless a sandbox's answer agrees with the recorded one; `translate` puts placeholders for its secrets. */
export function assertSameAnswer(
  transcript: Transcript,
  actual: ClientResponse,
  translate: (text: string) => string,
): void {
  const { response } = transcript;
  assert.equal(actual.status, response.status, `status; body: ${translate(actual.body.toString())}`);
  const actualHeaders = actual.headers.map(([name, value]) => [name, translate(value)] as const);
  assert.deepEqual(comparableHeaders(actualHeaders), comparableHeaders(response.headers));
  const digest = actual.header('Docker-Content-Digest');
  if (digest !== undefined) assert.equal(digest, sha256Digest(actual.body));
  const type = actual.header('Content-Type') ?? '';
  // Prose for people, which no program reads.
  if (type === 'text/plain') return;
  const comparable = type.startsWith('text/html') ? readPage : comparableBody;
  assert.deepEqual(comparable(translate(actual.body.toString())), comparable(response.body ?? ''));
}

function comparableHeaders(headers: Transcript['response']['headers']): string[] {
  const lines = [];
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    const mask = value.includes('/blobs/uploads/') ? UPLOAD : MASKED_HEADERS[key];
    if (mask !== undefined) assert.match(value, mask, name);
    if (!IGNORED_HEADERS.has(key)) lines.push(`${name}: ${mask === undefined ? value : 'masked'}`);
  }
  return lines.sort();
}

function comparableBody(text: string): unknown {
  if (!/^\s*[{[]/.test(text)) return text;
  const lifeSeconds = mintedLifeSeconds(JSON.parse(text));
  const body: unknown = JSON.parse(text, (key, value) =>
    MASKED_FIELDS.has(key) && value !== null ? 'masked' : value,
  );
  if (lifeSeconds === undefined) return body;
  return { ...(body as object), status: { token: 'masked', lifeSeconds } };
}

/** What a TokenRequest's answer grants; its token and the time of day are new in every run. */
function mintedLifeSeconds(body: MintedBody): number | undefined {
  if (body.kind !== 'TokenRequest') return undefined;
  const { token, expirationTimestamp, ...rest } = body.status;
  assert.match(token, /^(\{\{\w+\}\}|[\w-]+\.[\w-]+\.[\w-]+)$/);
  assert.deepEqual(rest, {});
  return (Date.parse(expirationTimestamp) - Date.parse(body.metadata.creationTimestamp)) / 1000;
}

interface MintedBody {
  readonly kind?: string;
  readonly metadata: { readonly creationTimestamp: string };
  readonly status: { readonly token: string; readonly expirationTimestamp: string };
}
