import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { sha256Digest } from '../cluster/image-store.ts';
import { DOCKER_MANIFEST } from '../cluster/sample-image.ts';
import { basic, type ClientRequest, type ClientResponse, send } from '../https-client.ts';
import { type Sandbox, startSandbox } from '../sandbox.ts';

describe('The registry', () => {
  let sandbox: Sandbox;
  let alice: string;
  before(async () => {
    sandbox = await startSandbox({ registryHostNames: ['registry.example.com'] });
    alice = sandbox.issueOAuthToken({ user: 'alice' });
  });
  after(() => sandbox.stop());

  function ask(
    pathOrUrl: string,
    token: string,
    options: Partial<ClientRequest> = {},
  ): Promise<ClientResponse> {
    const url = pathOrUrl.startsWith('/') ? `${sandbox.registryUrl}${pathOrUrl}` : pathOrUrl;
    const headers = { Authorization: `Bearer ${token}`, ...options.headers };
    return send(url, { ...options, caPem: sandbox.caPem, headers });
  }

  async function upload(repository: string, bytes: Buffer): Promise<ClientResponse> {
    const start = await ask(`/v2/${repository}/blobs/uploads/`, alice, { method: 'POST' });
    const location = `${start.header('Location')}&digest=${sha256Digest(bytes)}`;
    return ask(location, alice, { method: 'PUT', body: bytes });
  }

  const manifestStatus = async (repository: string, token: string) =>
    (await ask(`/v2/${repository}/manifests/latest`, token)).status;

  test('serves a manifest and its blobs, by tag and by digest', async () => {
    const byTag = await ask('/v2/public-ns/public/manifests/latest', 'anonymous');
    const digest = byTag.header('Docker-Content-Digest') ?? '';
    const byDigest = await ask(`/v2/public-ns/public/manifests/${digest}`, 'anonymous', { method: 'HEAD' });
    assert.equal(byDigest.header('Content-Length'), String(byTag.body.length));
    const { layers } = byTag.json() as { layers: { digest: string; size: number }[] };
    const layer = await ask(`/v2/public-ns/public/blobs/${layers[0]?.digest}`, 'anonymous');
    assert.equal(layer.body.length, layers[0]?.size);
    assert.equal(sha256Digest(layer.body), layers[0]?.digest);
    const part = await ask(`/v2/public-ns/public/blobs/${layers[0]?.digest}`, 'anonymous', {
      headers: { Range: 'bytes=10-19' },
    });
    assert.deepEqual([part.status, part.body], [206, layer.body.subarray(10, 20)]);
  });

  test('opens a namespace of guests to nobody and closes it to a valid login', async () => {
    assert.equal(await manifestStatus('guest-ns/open', 'anonymous'), 200);
    assert.equal(await manifestStatus('guest-ns/open', alice), 401);
    assert.equal(await manifestStatus('guest-ns/open', 'garbage'), 401);
  });

  test('lets the service account pull and not push', async () => {
    const token = sandbox.issueServiceAccountToken({ namespace: 'alice-ns', name: 'puller' });
    assert.equal(await manifestStatus('alice-ns/private', token), 200);
    const push = await ask('/v2/alice-ns/private/blobs/uploads/', token, { method: 'POST' });
    assert.equal(push.status, 401);
  });

  test('answers 400 to a name that is not namespace/name', async () => {
    assert.equal(await manifestStatus('nothing', alice), 400);
    assert.equal(await manifestStatus('a/b/c', alice), 400);
  });

  test('asks for a token in the name it was called by', async () => {
    const answer = await send(`${sandbox.registryUrl}/v2/`, {
      caPem: sandbox.caPem,
      headers: { Host: 'registry.example.com' },
    });
    const expected = 'Bearer realm="https://registry.example.com/openshift/token"';
    assert.equal(answer.header('Www-Authenticate'), expected);
  });

  test('tells at the token endpoint that an empty password is nobody', async () => {
    const answer = await send(`${sandbox.registryUrl}/openshift/token`, {
      caPem: sandbox.caPem,
      headers: { Authorization: basic('alice', '') },
    });
    assert.deepEqual(
      [answer.status, answer.json()],
      [401, { details: 'unable to validate token: Forbidden' }],
    );
  });

  test('takes a push in chunks: blobs, manifest, and then the image can be pulled by its tag', async () => {
    const layer = Buffer.from('a layer, as far as a registry cares');
    const config = Buffer.from('{"architecture":"amd64"}');
    const start = await ask('/v2/alice-ns/pushed/blobs/uploads/', alice, { method: 'POST' });
    assert.deepEqual([start.status, start.header('Range')], [202, '0-0']);
    const chunk = await ask(start.header('Location') ?? '', alice, {
      method: 'PATCH',
      body: layer.subarray(0, 10),
      headers: { 'Content-Range': '0-9' },
    });
    assert.deepEqual([chunk.status, chunk.header('Range')], [202, '0-9']);
    const gap = await ask(chunk.header('Location') ?? '', alice, {
      method: 'PATCH',
      body: 'x',
      headers: { 'Content-Range': '12-12' },
    });
    assert.equal(gap.status, 416);
    const location = `${chunk.header('Location')}&digest=${sha256Digest(layer)}`;
    const end = await ask(location, alice, { method: 'PUT', body: layer.subarray(10) });
    assert.deepEqual([end.status, end.header('Docker-Content-Digest')], [201, sha256Digest(layer)]);

    const manifest = JSON.stringify({
      schemaVersion: 2,
      mediaType: DOCKER_MANIFEST,
      config: { digest: sha256Digest(config) },
      layers: [{ digest: sha256Digest(layer) }],
    });
    const put = () =>
      ask('/v2/alice-ns/pushed/manifests/v1', alice, {
        method: 'PUT',
        body: manifest,
        headers: { 'Content-Type': DOCKER_MANIFEST },
      });
    const tooEarly = await put();
    assert.deepEqual(
      [tooEarly.status, (tooEarly.json() as { errors: { code: string }[] }).errors[0]?.code],
      [400, 'MANIFEST_BLOB_UNKNOWN'],
    );
    assert.equal((await upload('alice-ns/pushed', config)).status, 201);
    assert.equal((await put()).status, 201);
    const pulled = await ask('/v2/alice-ns/pushed/manifests/v1', alice);
    assert.equal(pulled.body.toString(), manifest);
    const stream = await send(
      `${sandbox.apiUrl}/apis/image.openshift.io/v1/namespaces/alice-ns/imagestreams/pushed`,
      { caPem: sandbox.caPem, headers: { Authorization: `Bearer ${alice}` } },
    );
    assert.match(stream.body.toString(), /"tag":"v1"/);
  });

  test('refuses a blob whose digest is wrong, and an upload it does not know', async () => {
    const start = await ask('/v2/alice-ns/pushed/blobs/uploads/', alice, { method: 'POST' });
    const location = start.header('Location') ?? '';
    const wrong = `${location}&digest=${sha256Digest(Buffer.from('b'))}`;
    assert.equal((await ask(wrong, alice, { method: 'PUT', body: 'a' })).status, 400);
    const stateless = location.slice(0, location.indexOf('?'));
    assert.equal((await ask(stateless, alice, { method: 'PATCH', body: 'a' })).status, 404);
  });

  test('mounts a blob from a repository that the caller may pull from, else starts an upload', async () => {
    const mount = async (from: string) => {
      const manifest = sandbox.images.manifest(from, 'latest');
      const { config } = JSON.parse(String(manifest?.bytes)) as { config: { digest: string } };
      const query = `mount=${config.digest}&from=${encodeURIComponent(from)}`;
      return (await ask(`/v2/alice-ns/mounted/blobs/uploads/?${query}`, alice, { method: 'POST' })).status;
    };
    assert.equal(await mount('public-ns/public'), 201);
    assert.equal(await mount('bob-ns/secret'), 202);
  });

  test('does not let a mount stand in for the right to push', async () => {
    const query = 'mount=sha256:0&from=bob-ns%2Fsecret';
    const answer = await ask(`/v2/bob-ns/secret/blobs/uploads/?${query}`, alice, { method: 'POST' });
    assert.equal(answer.status, 401);
  });

  test('lists the catalog to administrators', async () => {
    const admin = sandbox.issueOAuthToken({ user: 'kube:admin' });
    const { repositories } = (await ask('/v2/_catalog?n=2', admin)).json() as { repositories: string[] };
    assert.equal(repositories.length, 2);
  });
});

test('The registry of a cluster with an external identity provider takes its tokens', async () => {
  const sandbox = await startSandbox({ mode: 'external-oidc' });
  try {
    const token = sandbox.issueOidcToken({ user: 'alice' });
    const answer = await send(`${sandbox.registryUrl}/openshift/token`, {
      caPem: sandbox.caPem,
      headers: { Authorization: basic('alice', token) },
    });
    assert.equal(answer.status, 200);
  } finally {
    await sandbox.stop();
  }
});
