import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askVersion } from '../support/api-request.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { startConnectProxy, startSocksProxy } from '../support/test-proxy.ts';

const ANYONE = 401;

test('an http proxy is asked to connect, and sees nothing of the request', async (t) => {
  const sandbox = await runningSandbox(t);
  const proxy = await startConnectProxy(t);
  const { status } = await askVersion(sandbox, { proxyUrl: `http://127.0.0.1:${proxy.port}` });
  assert.equal(status, ANYONE);
  assert.deepEqual(proxy.targets, [new URL(sandbox.apiUrl).host]);
  assert.equal(proxy.greetings.length, 1);
  assert.doesNotMatch(String(proxy.greetings[0]), /Bearer|sha256~/i);
});

test('a proxy gets the credentials of its URL; without them its refusal is no answer', async (t) => {
  const sandbox = await runningSandbox(t);
  const proxy = await startConnectProxy(t, 'me:p@ss');
  const url = (user: string) => `http://${user}127.0.0.1:${proxy.port}`;
  assert.equal((await askVersion(sandbox, { proxyUrl: url('me:p%40ss@') })).status, ANYONE);
  sandbox.clearRequests();
  for (const user of ['', 'me:wrong@']) {
    const { status, detail } = await askVersion(sandbox, { proxyUrl: url(user) });
    assert.deepEqual([status, detail], [0, 'the proxy answered 407']);
  }
  assert.deepEqual(sandbox.requests, []);
});

test('a SOCKS proxy is asked to connect', async (t) => {
  const sandbox = await runningSandbox(t);
  const proxy = await startSocksProxy(t);
  for (const scheme of ['socks5', 'socks5h']) {
    const { status } = await askVersion(sandbox, { proxyUrl: `${scheme}://127.0.0.1:${proxy.port}` });
    assert.equal(status, ANYONE, scheme);
  }
  assert.deepEqual(proxy.targets, Array(2).fill(new URL(sandbox.apiUrl).host));
});

test('a SOCKS proxy looks names up, as client-go (1.34) has it: here nobody knows them', async (t) => {
  const sandbox = await runningSandbox(t, { registryHostNames: ['api.nowhere.invalid'] });
  const proxy = await startSocksProxy(t);
  const url = new URL(`https://api.nowhere.invalid:${new URL(sandbox.apiUrl).port}/version`);
  for (const scheme of ['socks5', 'socks5h']) {
    const proxyUrl = `${scheme}://127.0.0.1:${proxy.port}`;
    assert.equal((await askVersion(sandbox, { proxyUrl, request: { url } })).status, ANYONE, scheme);
  }
  assert.deepEqual(proxy.targets, [url.host, url.host]);
});

test('behind a proxy a certificate is checked as it is without one', async (t) => {
  const sandbox = await runningSandbox(t, { registryHostNames: ['api.example.com'] });
  const port = new URL(sandbox.apiUrl).port;
  const http = await startConnectProxy(t);
  const socks = await startSocksProxy(t);
  for (const proxyUrl of [`http://127.0.0.1:${http.port}`, `socks5h://127.0.0.1:${socks.port}`]) {
    const ask = (host: string, connection: object = {}) =>
      askVersion(sandbox, {
        proxyUrl,
        connection,
        request: { url: new URL(`https://${host}:${port}/version`) },
      });
    assert.equal((await ask('api.example.com')).status, ANYONE, proxyUrl);
    assert.equal((await ask('other.example.com')).detail, 'its certificate is for another name', proxyUrl);
    assert.equal((await ask('other.example.com', { tlsServerName: 'api.example.com' })).status, ANYONE);
    assert.equal((await ask('api.example.com', { ca: undefined })).detail, 'its certificate is not trusted');
    assert.equal(
      (await ask('other.example.com', { insecure: true, ca: undefined })).status,
      ANYONE,
      proxyUrl,
    );
  }
});

test('a proxy that is not there is no answer, and its password stays unsaid', async (t) => {
  const sandbox = await runningSandbox(t);
  for (const scheme of ['http', 'socks5']) {
    const { status, detail } = await askVersion(sandbox, { proxyUrl: `${scheme}://me:secret@127.0.0.1:1` });
    assert.equal(status, 0);
    assert.ok(!detail.includes('secret'), detail);
  }
});

test('a proxy that never connects is given up in time', async (t) => {
  const sandbox = await runningSandbox(t);
  sandbox.setFault('registry', 'stall-handshake');
  const silent = new URL(sandbox.registryUrl).port;
  for (const scheme of ['http', 'socks5']) {
    const { timedOut } = await askVersion(sandbox, {
      proxyUrl: `${scheme}://127.0.0.1:${silent}`,
      request: { timeoutMs: 200, connectTimeoutMs: 200 },
    });
    assert.equal(timedOut, true, scheme);
  }
});
