import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { createServer as createTlsServer } from 'node:tls';
import { noAnswer } from '../../src/cluster/send-request.ts';
import { createAuthority } from '../sandbox/certificates.ts';
import type { Fault } from '../sandbox/http/faults.ts';
import { send } from '../sandbox/https-client.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { askVersion } from '../support/api-request.ts';
import { listening } from '../support/listening.ts';
import { runningSandbox } from '../support/running-sandbox.ts';

const USERS_ME = '/apis/user.openshift.io/v1/users/~';

test('a reply is its status, its body and the clock of the server', async (t) => {
  const sandbox = await runningSandbox(t);
  const token = sandbox.issueOAuthToken({ user: 'alice' });
  let connections = 0;
  const { body, dateMs, headers, ...reply } = await askVersion(sandbox, {
    request: {
      headers: { authorization: `Bearer ${token}` },
      connected: () => {
        connections += 1;
      },
    },
  });
  assert.deepEqual(reply, { status: 200, detail: '', timedOut: false });
  assert.equal(connections, 1);
  assert.equal(headers?.['content-type'], 'application/json');
  assert.equal(typeof JSON.parse(body), 'object');
  assert.ok(Math.abs(Number(dateMs) - Date.now()) < 10_000);
});

test('a body is sent with a POST', async (t) => {
  const sandbox = await runningSandbox(t);
  await askVersion(sandbox, { request: { method: 'POST', body: '{"a":"b"}' } });
  assert.equal(sandbox.requests[0]?.method, 'POST');
  assert.equal(sandbox.requests[0]?.body.toString(), '{"a":"b"}');
});

/** To a healthy server: time enough for what is under way with another. */
async function roundTrip(sandbox: Sandbox): Promise<void> {
  await send(`${sandbox.oauthUrl}/healthz`, { caPem: sandbox.caPem });
}

test('a server that never ends its answer, its request or its handshake is given up in time', async (t) => {
  const sandbox = await runningSandbox(t);
  t.mock.timers.enable({ apis: ['setTimeout'] });
  for (const fault of ['stall', 'stall-handshake', 'stall-after-headers'] satisfies Fault[]) {
    sandbox.setFault('api', fault);
    sandbox.clearRequests();
    const url = new URL(sandbox.apiUrl + USERS_ME);
    const asked = askVersion(sandbox, { request: { url, timeoutMs: 2000, connectTimeoutMs: 2000 } });
    if (fault !== 'stall-handshake') await sandbox.received('users-me');
    await roundTrip(sandbox);
    t.mock.timers.tick(1999);
    await roundTrip(sandbox);
    assert.equal(await Promise.race([asked, 'waits']), 'waits', fault);
    t.mock.timers.tick(1);
    assert.deepEqual(await asked, { ...noAnswer('no answer within 2 s', true), afterMs: 2000 }, fault);
  }
});

test('what was left of a deadline is told as a person would', async (t) => {
  const sandbox = await runningSandbox(t);
  t.mock.timers.enable({ apis: ['setTimeout'] });
  sandbox.setFault('api', 'stall-handshake');
  const url = new URL(sandbox.apiUrl + USERS_ME);
  for (const [timeoutMs, told] of [
    [1947.9698, '1.95'],
    [0.4, '0.01'],
  ] as const) {
    const asked = askVersion(sandbox, { request: { url, timeoutMs, connectTimeoutMs: timeoutMs } });
    await roundTrip(sandbox);
    t.mock.timers.tick(2000);
    assert.equal((await asked).detail, `no answer within ${told} s`);
  }
});

test('the time for a connection ends earlier than the time for an answer, and only before there is one', async (t) => {
  const sandbox = await runningSandbox(t);
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const url = new URL(sandbox.apiUrl + USERS_ME);
  const ask = () => askVersion(sandbox, { request: { url, timeoutMs: 4000, connectTimeoutMs: 1000 } });
  sandbox.setFault('api', 'stall-handshake');
  const unconnected = ask();
  await roundTrip(sandbox);
  t.mock.timers.tick(1000);
  assert.deepEqual(await unconnected, { ...noAnswer('no answer within 1 s', true), afterMs: 1000 });
  sandbox.setFault('api', 'stall');
  const connected = ask();
  await sandbox.received('users-me');
  t.mock.timers.tick(4000);
  assert.deepEqual(await connected, { ...noAnswer('no answer within 4 s', true), afterMs: 4000 });
});

test('a refused, dropped or meaningless connection is no answer', async (t) => {
  const sandbox = await runningSandbox(t);
  sandbox.setFault('api', 'reset');
  assert.deepEqual(await askVersion(sandbox), { ...noAnswer('connection reset'), code: 'ECONNRESET' });
  sandbox.setFault('api', 'garbage');
  const { status, timedOut, detail } = await askVersion(sandbox);
  assert.deepEqual([status, timedOut, detail], [0, false, 'its answer is not HTTP']);
  await sandbox.close('api');
  assert.deepEqual(await askVersion(sandbox), {
    ...noAnswer('connection refused'),
    code: 'ECONNREFUSED',
    away: true,
  });
});

test('a name that nobody knows is no answer', async (t) => {
  const sandbox = await runningSandbox(t);
  const { status, detail, away } = await askVersion(sandbox, {
    request: { url: new URL('https://nobody.invalid/version') },
  });
  assert.equal(status, 0);
  assert.match(detail, /^its name (?:was not found in DNS|could not be looked up)$/);
  assert.equal(away, true);
});

test('a server without TLS is no answer', async (t) => {
  const sandbox = await runningSandbox(t);
  const server = createServer((socket) => socket.on('error', () => {}).end('HTTP/1.1 200 OK\r\n\r\n'));
  const port = await listening(t, server);
  const { status, timedOut } = await askVersion(sandbox, {
    request: { url: new URL(`https://127.0.0.1:${port}/version`) },
  });
  assert.deepEqual({ status, timedOut }, { status: 0, timedOut: false });
});

test('a body without an end is not read to its end', async (t) => {
  const sandbox = await runningSandbox(t);
  sandbox.setFault('api', 'huge-body');
  assert.deepEqual(
    await askVersion(sandbox, { request: { timeoutMs: 10_000 } }),
    noAnswer('its answer is too long'),
  );
});

for (const [title, answer, detail] of [
  [
    'one that comes in tiny pieces is not read to its end, since each takes the processor as long',
    `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${'1\r\nx\r\n'.repeat(30_000)}`,
    'its answer is too long',
  ],
  ['one with a status that is none is no answer', 'HTTP/1.1 000 X\r\n\r\n', 'its answer is not HTTP'],
] as const) {
  test(title, async (t) => {
    const sandbox = await runningSandbox(t);
    const authority = await createAuthority('pieces');
    const { certPem, keyPem } = await authority.issueServer(['127.0.0.1']);
    const server = createTlsServer({ cert: certPem, key: keyPem }, (socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.end(answer));
    });
    const port = await listening(t, server);
    const request = { url: new URL(`https://127.0.0.1:${port}/version`), timeoutMs: 10_000 };
    const reply = await askVersion(sandbox, { request, connection: { ca: authority.caPem } });
    assert.deepEqual(reply, noAnswer(detail));
  });
}

test('a redirect is an answer, and nobody else sees the token', async (t) => {
  const sandbox = await runningSandbox(t);
  const other = await runningSandbox(t);
  sandbox.setFault('api', { redirect: `${other.apiUrl}/version` });
  assert.equal((await askVersion(sandbox)).status, 302);
  assert.equal(sandbox.requests.length, 1);
  assert.deepEqual(other.requests, []);
});

test('a page of a captive portal and a 503 are replies like others', async (t) => {
  const sandbox = await runningSandbox(t);
  sandbox.setFault('api', 'html');
  assert.match((await askVersion(sandbox)).body, /^<!DOCTYPE html>/);
  sandbox.setFault('api', 503);
  assert.equal((await askVersion(sandbox)).status, 503);
});

test("what can't be sent is no answer instead of an exception, and tells no token", async (t) => {
  const sandbox = await runningSandbox(t);
  for (const [more, told] of [
    [{ request: { headers: { authorization: 'Bearer a\r\nb' } } }, 'ERR_INVALID_CHAR'],
    [{ connection: { ca: 'no certificate' } }, undefined],
    [{ proxyUrl: 'no proxy' }, "the proxy's URL can't be used"],
    [{ proxyUrl: 'ftp://proxy' }, "the proxy's URL can't be used"],
  ] as const) {
    const { status, detail } = await askVersion(sandbox, more);
    assert.equal(status, 0);
    if (told !== undefined) assert.equal(detail, told);
  }
  assert.deepEqual(sandbox.requests, []);
});
