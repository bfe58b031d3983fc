import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:https';
import { connect } from 'node:net';
import { after, afterEach, before, describe, test } from 'node:test';
import { type ClientResponse, send } from '../https-client.ts';
import { type Sandbox, startSandbox } from '../sandbox.ts';

describe('A server with a fault', () => {
  let sandbox: Sandbox;
  before(async () => {
    sandbox = await startSandbox();
  });
  after(() => sandbox.stop());
  afterEach(() => {
    for (const server of ['api', 'oauth', 'registry'] as const) sandbox.setFault(server, null);
    sandbox.clearRequests();
  });

  const get = (url: string, signal?: AbortSignal): Promise<ClientResponse> =>
    send(url, { caPem: sandbox.caPem, ...(signal === undefined ? {} : { signal }) });
  const registryStatus = async () => (await get(`${sandbox.registryUrl}/v2/`)).status;

  test('answers with the status of the fault, and as before once it is taken back', async () => {
    for (const status of [401, 403, 404, 409, 422, 429, 500, 503] as const) {
      sandbox.setFault('registry', status);
      assert.equal((await get(`${sandbox.registryUrl}/openshift/token`)).status, status);
    }
    sandbox.setFault('registry', null);
    assert.equal((await get(`${sandbox.registryUrl}/openshift/token`)).status, 200);
  });

  test('leaves the other servers alone', async () => {
    sandbox.setFault('api', 500);
    assert.equal((await get(`${sandbox.registryUrl}/openshift/token`)).status, 200);
    assert.equal((await get(`${sandbox.apiUrl}/version`)).status, 500);
  });

  test('is too busy as kube-apiserver is, and says for how long', async () => {
    for (const [fault, retryAfter] of [
      ['too-many-requests', '1'],
      ['shutting-down', '5'],
      [{ retryAfter: '90' }, '90'],
      [{ retryAfter: '' }, undefined],
    ] as const) {
      sandbox.setFault('api', fault);
      const reply = await get(`${sandbox.apiUrl}/version`);
      assert.deepEqual([reply.status, reply.header('Retry-After')], [429, retryAfter]);
      assert.equal(reply.header('Content-Type'), 'text/plain; charset=utf-8');
    }
  });

  test('redirects, and sends a page, where asked to', async () => {
    sandbox.setFault('oauth', { redirect: 'https://127.0.0.1:1/elsewhere' });
    assert.equal(
      (await get(`${sandbox.oauthUrl}/oauth/info`)).header('Location'),
      'https://127.0.0.1:1/elsewhere',
    );
    sandbox.setFault('oauth', 'html');
    const page = await get(`${sandbox.oauthUrl}/oauth/info`);
    assert.deepEqual([page.status, page.header('Content-Type')], [200, 'text/html; charset=utf-8']);
  });

  test('resets connections', async () => {
    sandbox.setFault('registry', 'reset');
    await assert.rejects(registryStatus(), { code: 'ECONNRESET' });
  });

  test('answers with something that is not HTTP', async () => {
    sandbox.setFault('registry', 'garbage');
    await assert.rejects(registryStatus(), { code: 'HPE_INVALID_CONSTANT' });
  });

  test('reads a request and never answers it', async () => {
    sandbox.setFault('registry', 'stall');
    const abort = new AbortController();
    const answer = get(`${sandbox.registryUrl}/openshift/token`, abort.signal);
    await sandbox.received('registry-token');
    abort.abort();
    await assert.rejects(answer, { name: 'AbortError' });
  });

  test('sends headers and keeps the body back', async () => {
    sandbox.setFault('registry', 'stall-after-headers');
    const outgoing = request(`${sandbox.registryUrl}/v2/`, { agent: false, ca: sandbox.caPem }).end();
    const [incoming] = await once(outgoing, 'response');
    assert.equal(incoming.statusCode, 200);
    incoming.on('error', () => {});
    outgoing.destroy();
    await once(outgoing, 'close');
    assert.equal(incoming.complete, false);
  });

  test('accepts a connection and never speaks TLS', async () => {
    sandbox.setFault('registry', 'stall-handshake');
    const { port } = new URL(sandbox.registryUrl);
    const socket = connect(Number(port), '127.0.0.1');
    await once(socket, 'connect');
    let heard = false;
    socket.on('data', () => {
      heard = true;
    });
    // No TLS at all: a server that listened would send an alert and hang up.
    socket.write('not a client hello\r\n');
    assert.equal(await Promise.race([once(socket, 'close').then(() => 'closed'), quiet()]), 'quiet');
    assert.equal(heard, false);
    socket.destroy();

    async function quiet(): Promise<string> {
      // A round trip to a healthy server: time enough for this one to have answered.
      await get(`${sandbox.apiUrl}/version`);
      return 'quiet';
    }
  });

  test('sends a body without a reasonable end', async () => {
    sandbox.setFault('api', 'huge-body');
    const outgoing = request(`${sandbox.apiUrl}/version`, { agent: false, ca: sandbox.caPem }).end();
    const [incoming] = await once(outgoing, 'response');
    let bytes = 0;
    for await (const chunk of incoming) {
      bytes += chunk.length;
      if (bytes > 4 * 1024 * 1024) break;
    }
    assert.ok(bytes > 4 * 1024 * 1024);
  });

  test('ends a connection within the body, or lets the body trickle', async () => {
    sandbox.setFault('api', 'truncated');
    await assert.rejects(get(`${sandbox.apiUrl}/version`), { code: 'ECONNRESET' });
    sandbox.setFault('api', 'drip');
    const outgoing = request(`${sandbox.apiUrl}/version`, { agent: false, ca: sandbox.caPem }).end();
    const [incoming] = await once(outgoing, 'response');
    let bytes = 0;
    for await (const chunk of incoming) {
      bytes += chunk.length;
      if (bytes > 2) break;
    }
    assert.equal(incoming.complete, false);
  });

  test('refuses connections when closed, and listens on the same port when reopened', async () => {
    await sandbox.close('registry');
    await assert.rejects(registryStatus(), { code: 'ECONNREFUSED' });
    await sandbox.reopen('registry');
    assert.equal(await registryStatus(), 401);
  });
});
