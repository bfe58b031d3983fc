import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noAnswer } from '../../src/cluster/send-request.ts';
import { createAuthority } from '../sandbox/certificates.ts';
import { askVersion } from '../support/api-request.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { startConnectProxy } from '../support/test-proxy.ts';

const ANYONE = 401;

test("only a certificate of the connection's own CA is trusted, whatever the system's roots are", async (t) => {
  const sandbox = await runningSandbox(t);
  const { caPem } = await createAuthority('another');
  const untrusted = { ...noAnswer('its certificate is not trusted'), code: 'SELF_SIGNED_CERT_IN_CHAIN' };
  const roots = [sandbox.caPem];
  assert.deepEqual(await askVersion(sandbox, { connection: { ca: caPem }, roots }), untrusted);
  assert.equal((await askVersion(sandbox)).status, ANYONE);
  assert.equal(sandbox.requests.length, 1);
});

test("without a CA of its own the system's roots count, and only these", async (t) => {
  const sandbox = await runningSandbox(t);
  const connection = { ca: undefined };
  assert.equal((await askVersion(sandbox, { connection, roots: [sandbox.caPem] })).status, ANYONE);
  const untrusted = { ...noAnswer('its certificate is not trusted'), code: 'SELF_SIGNED_CERT_IN_CHAIN' };
  assert.deepEqual(await askVersion(sandbox, { connection }), untrusted);
  assert.equal(sandbox.requests.length, 1);
});

test('a certificate for another name is not accepted, and the token not sent', async (t) => {
  const sandbox = await runningSandbox(t);
  const connection = { tlsServerName: 'other.example.com' };
  assert.deepEqual(await askVersion(sandbox, { connection }), {
    ...noAnswer('its certificate is for another name'),
    code: 'ERR_TLS_CERT_ALTNAME_INVALID',
  });
  assert.deepEqual(sandbox.requests, []);
});

test("the kubeconfig's server name is the one that the certificate is checked for", async (t) => {
  const sandbox = await runningSandbox(t, { registryHostNames: ['other.example.com'] });
  const connection = { tlsServerName: 'other.example.com' };
  assert.equal((await askVersion(sandbox, { connection })).status, ANYONE);
});

test("a kubeconfig's server name may be an address, which the certificate must be for (client-go 1.34)", async (t) => {
  const sandbox = await runningSandbox(t, { registryHostNames: ['10.1.2.3'] });
  assert.equal((await askVersion(sandbox, { connection: { tlsServerName: '10.1.2.3' } })).status, ANYONE);
  assert.equal((await askVersion(sandbox, { connection: { tlsServerName: '::1' } })).status, ANYONE);
  const { detail } = await askVersion(sandbox, { connection: { tlsServerName: '10.1.2.4' } });
  assert.equal(detail, 'its certificate is for another name');
  const proxy = await startConnectProxy(t);
  const proxyUrl = `http://127.0.0.1:${proxy.port}`;
  for (const [tlsServerName, status] of [
    ['10.1.2.3', ANYONE],
    ['10.1.2.4', 0],
  ] as const) {
    assert.equal((await askVersion(sandbox, { proxyUrl, connection: { tlsServerName } })).status, status);
  }
});

test('a certificate is left unverified only if the connection says so', async (t) => {
  const sandbox = await runningSandbox(t);
  const connection = { ca: undefined, insecure: true, tlsServerName: 'other.example.com' };
  assert.equal((await askVersion(sandbox, { connection })).status, ANYONE);
});
