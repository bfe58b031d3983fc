import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Cluster } from '../cluster/cluster.ts';
import type { ImageStore } from '../cluster/image-store.ts';
import { basicCredentials, jsonReply, type Reply, type Request, textReply } from '../http/message.ts';
import { emptyReply, registryError } from './registry-call.ts';
import { readRepositoryPath, serveRepository } from './registry-server.ts';
import { createUploadSessions } from './upload-sessions.ts';

const TOKEN_LIFE_SECONDS = 6 * 3600;
const REVIEWED_ACCESS = {
  verb: 'get',
  group: 'image.openshift.io',
  resource: 'imagestreams',
  subresource: 'layers',
  namespace: 'ocp',
};

/**
 * OpenShift CI's proxy of quay.io (ci-tools, cmd/qci-appci): `/v2/auth` takes a cluster token as Basic password and
 * returns a token of its own, which alone opens images. Nothing is public, nothing can be pushed.
 */
export function createQciProxy(cluster: Cluster, images: ImageStore): (request: Request) => Reply {
  const secret = randomBytes(32);
  const uploads = createUploadSessions();

  return (request) => {
    const unauthorized = () => textReply(401, 'Unauthorized', { 'Www-Authenticate': challenge(request) });
    if (request.path === '/healthz') return { status: 200, body: 'OK\n' };
    if (request.path === '/v2/auth') {
      const credentials = basicCredentials(request.headers.authorization);
      if (credentials === undefined || !isAdmitted(cluster, credentials.password)) return unauthorized();
      return jsonReply(200, { token: signToken(secret, credentials.user, cluster.clock.nowMs()) });
    }
    const [, token] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? [];
    if (token === undefined) return unauthorized();
    if (!isOwnToken(secret, token, cluster.clock.nowMs())) {
      // Such a token goes on to quay.io as it is, which then names its own realm; here it stays with us.
      const headers = { 'Www-Authenticate': challenge(request) };
      return registryError(401, 'UNAUTHORIZED', 'Invalid bearer token format', {}, headers);
    }
    if (request.path === '/v2/' || request.path === '/v2') {
      return { ...emptyReply(200, { 'Content-Type': 'text/html; charset=utf-8' }), body: 'true' };
    }
    const repository = readRepositoryPath(request.path)?.repository;
    if (repository === undefined) return emptyReply(404);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return registryError(401, 'UNAUTHORIZED', 'access to the requested resource is not authorized', {});
    }
    return serveRepository({ request, images, uploads, repository, mayPull: () => false });
  };
}

function challenge({ headers }: Request): string {
  return `Bearer realm="https://${headers.host}/v2/auth",service="${headers.host}"`;
}

/** By TokenReview; people need a grant besides, service accounts do not. */
function isAdmitted(cluster: Cluster, token: string): boolean {
  const identity = cluster.credentials.validate(token);
  if (identity === undefined) return false;
  if (identity.name.startsWith('system:serviceaccount:')) return true;
  // The review names user and groups only: the token's scopes do not count.
  const { scopes: _scopes, ...user } = identity;
  return cluster.decide(user, REVIEWED_ACCESS).allowed;
}

function signToken(secret: Buffer, user: string, nowMs: number): string {
  const now = Math.floor(nowMs / 1000);
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { exp: now + TOKEN_LIFE_SECONDS, iat: now, kid: user, nbf: now };
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${signed}.${hmac(secret, signed).toString('base64url')}`;
}

function isOwnToken(secret: Buffer, token: string, nowMs: number): boolean {
  const [header, payload, signature, rest] = token.split('.');
  if (payload === undefined || signature === undefined || rest !== undefined) return false;
  const given = Buffer.from(signature, 'base64url');
  const expected = hmac(secret, `${header}.${payload}`);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return false;
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { exp: number };
  return nowMs < claims.exp * 1000;
}

function hmac(secret: Buffer, text: string): Buffer {
  return createHmac('sha256', secret).update(text).digest();
}
