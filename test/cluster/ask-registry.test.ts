import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askForLogin, askForManifest, askForTypedLogin } from '../../src/cluster/ask-registry.ts';
import { createBoundedRequests } from '../../src/cluster/bounded-requests.ts';
import type { Reply } from '../../src/cluster/send-request.ts';
import { createReachability } from '../../src/files/reachability.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { connectionTo } from '../support/api-request.ts';
import { unexpected } from '../support/identities.ts';
import { runningSandbox } from '../support/running-sandbox.ts';

function asking(sandbox: Sandbox) {
  const { send } = createBoundedRequests({
    nowMs: Date.now,
    remainingMs: () => 4000,
    env: {},
    reachability: createReachability(null, undefined, Date.now),
    systemRoots: async () => [],
    waitMs: unexpected('waitMs'),
  });
  const connection = connectionTo(sandbox);
  return async (repository: string, token?: string, reference = 'latest') => {
    const login = token === undefined ? undefined : { username: 'alice', token };
    const image = { host: sandbox.registryHost, repository, reference };
    const said = await askForManifest(image, login, (url, headers, method) =>
      send(url, connection, headers, undefined, method),
    );
    return said.kind;
  };
}

test('an OpenShift registry is asked as engines ask it, with a token and without', async (t) => {
  const sandbox = await runningSandbox(t);
  const ask = asking(sandbox);
  const token = sandbox.issueOAuthToken({ user: 'alice' });
  assert.equal(await ask('alice-ns/private', token), 'there');
  assert.equal(await ask('alice-ns/private'), 'refused');
  assert.equal(await ask('public-ns/public'), 'there');
  assert.equal(await ask('public-ns/public', token), 'there');
  assert.equal(await ask('public-ns/public', token, 'nope'), 'absent');
  sandbox.images.putElsewhere('public-ns/public', 'moved', {
    fault: 'the source said 401',
    isImported: true,
  });
  assert.equal(await ask('public-ns/public', token, 'moved'), 'not-pulled-through');
  assert.equal(await ask('public-ns/public', undefined, 'moved'), 'not-pulled-through');
  assert.equal(await ask('bob-ns/secret', token), 'refused');
  // Opened to those without a login only: a valid one closes it.
  assert.equal(await ask('guest-ns/open'), 'there');
  assert.equal(await ask('guest-ns/open', token), 'refused');
  sandbox.expire(token);
  assert.equal(await ask('public-ns/public', token), 'refused');
});

test('QCI gives nothing without a token, and its images to whoever its cluster lets pull', async (t) => {
  const sandbox = await runningSandbox(t, { mode: 'qci' });
  const ask = asking(sandbox);
  assert.equal(await ask('openshift/ci', undefined, 'ocp_4.18_cli'), 'refused');
  assert.equal(
    await ask('openshift/ci', sandbox.issueOAuthToken({ user: 'bob' }), 'ocp_4.18_cli'),
    'refused',
  );
  assert.equal(await ask('openshift/ci', sandbox.issueOAuthToken({ user: 'alice' }), 'nope'), 'absent');
});

const IMAGE = { host: 'registry.example.com', repository: 'team/app', reference: 'v1' };
const reply = (status: number, body = '', challenge?: string): Reply => ({
  status,
  body,
  dateMs: undefined,
  detail: status === 0 ? 'connection refused' : '',
  timedOut: false,
  ...(challenge === undefined ? {} : { headers: { 'www-authenticate': challenge } }),
});

/** A registry that gives these answers, one after the other, and to nothing else. */
function answering(...replies: readonly Reply[]) {
  const left = [...replies];
  const asked: string[] = [];
  const send = async (url: URL, headers: Record<string, string>, method: string) => {
    asked.push(`${method} ${url.href}${headers.authorization === undefined ? '' : ' with a secret'}`);
    return left.shift() ?? assert.fail(`unexpected request: ${url.href}`);
  };
  return Object.assign(send, { asked });
}

test("a token goes to no token endpoint but the registry's own", async () => {
  const elsewhere = reply(401, '', 'Bearer realm="https://auth.example.org/token",service="s"');
  const ports = answering(elsewhere);
  const said = await askForManifest(IMAGE, { username: 'u', token: 'secret' }, ports);
  assert.deepEqual(said, { kind: 'unknown', detail: 'its token endpoint is elsewhere' });
  assert.deepEqual(ports.asked, ['HEAD https://registry.example.com/v2/team/app/manifests/v1']);
});

test('without a login, a token endpoint elsewhere is asked for what is public', async () => {
  const challenge =
    'Bearer realm="https://auth.example.org/token",service="s",scope="repository:team/app:pull"';
  const ports = answering(reply(401, '', challenge), reply(200, '{"access_token":"x"}'), reply(200));
  assert.deepEqual(await askForManifest(IMAGE, undefined, ports), { kind: 'there' });
  assert.deepEqual(ports.asked.slice(1), [
    'GET https://auth.example.org/token?service=s&scope=repository%3Ateam%2Fapp%3Apull',
    'HEAD https://registry.example.com/v2/team/app/manifests/v1 with a secret',
  ]);
});

test('Basic challenges are answered by those who have a login', async () => {
  const basic = reply(401, '', 'Basic realm="here"');
  assert.deepEqual(await askForManifest(IMAGE, undefined, answering(basic)), { kind: 'refused' });
  const ports = answering(basic, reply(404), reply(404));
  assert.deepEqual(await askForManifest(IMAGE, { username: 'u', token: 'secret' }, ports), {
    kind: 'absent',
  });
});

test('what is no answer to the question is told as it is', async () => {
  const bearer = reply(401, '', 'Bearer realm="https://registry.example.com/token"');
  const cases: [Reply[], object][] = [
    [[reply(200)], { kind: 'there' }],
    [[reply(403)], { kind: 'refused' }],
    [[reply(503)], { kind: 'unknown', detail: 'it answered 503' }],
    [[reply(0)], { kind: 'unknown', detail: 'connection refused' }],
    [[bearer, reply(404)], { kind: 'unknown', detail: 'its token endpoint answered 404' }],
    [[bearer, reply(200, 'no JSON')], { kind: 'unknown', detail: 'its token endpoint gave no token' }],
    [[bearer, reply(200, '{"token":"x"}'), reply(401)], { kind: 'refused' }],
    [[reply(401, '', 'Bearer realm="http://registry.example.com/token"')], { kind: 'refused' }],
  ];
  for (const [replies, said] of cases) {
    assert.deepEqual(await askForManifest(IMAGE, undefined, answering(...replies)), said);
  }
});

test('whether a registry takes a login is asked by its own challenge, and told apart from its faults', async () => {
  const host = 'registry.example.com';
  const login = { username: 'bob', token: 'typed' };
  const asked: string[] = [];
  const ask = (given: Reply, challenge = `Bearer realm="https://${host}/openshift/token",service="s"`) =>
    askForLogin(host, challenge, login, 'itself', async (url, headers) => {
      asked.push(url.href);
      assert.equal(headers.authorization, `Basic ${Buffer.from('bob:typed').toString('base64')}`);
      return given;
    });
  assert.deepEqual(await ask(reply(200, '{}')), { kind: 'accepted' });
  for (const status of [401, 403]) assert.deepEqual(await ask(reply(status)), { kind: 'refused' });
  for (const status of [500, 503, 429]) {
    assert.deepEqual(await ask(reply(status)), { kind: 'failing', status });
  }
  // The registry's cluster can't look at the token: that is no word on it.
  const unable = '{"details":"unable to validate token: ServiceUnavailable"}';
  assert.deepEqual(await ask(reply(401, unable)), { kind: 'failing', status: 401 });
  assert.equal((await ask(reply(0))).kind, 'unknown');
  assert.equal((await ask(reply(302))).kind, 'unknown');
  // A page is not a token.
  assert.equal((await ask(reply(200, '<html></html>'))).kind, 'unknown');
  assert.deepEqual(new Set(asked), new Set([`https://${host}/openshift/token?service=s&account=bob`]));
  assert.deepEqual(await ask(reply(200), 'Basic realm="x"'), { kind: 'accepted' });
  assert.equal(asked.pop(), `https://${host}/v2/`);
});

test('a login goes to no token endpoint that is elsewhere', async () => {
  const challenge = 'Bearer realm="https://auth.example.org/token"';
  const send = () => assert.fail('it was sent');
  assert.deepEqual(
    await askForLogin('registry.example.com', challenge, { username: 'bob', token: 'x' }, 'itself', send),
    {
      kind: 'unknown',
      detail: 'its tokens are given out by auth.example.org',
    },
  );
});

const TYPED = { username: 'robot', token: 'typed' };

test('a login that was typed for a registry is sent where the registry has its tokens given out, by https', async () => {
  const challenge = 'Bearer realm="https://auth.docker.io/token",service="registry.docker.io"';
  for (const [given, kind] of [
    [reply(200, '{"token":"x"}'), 'accepted'],
    [reply(401), 'refused'],
    [reply(403), 'refused'],
    [reply(429), 'failing'],
    [reply(503), 'failing'],
    [reply(0), 'unknown'],
    [reply(400), 'unknown'],
    [reply(302), 'unknown'],
    [reply(200, '<html></html>'), 'unknown'],
  ] as const) {
    const ports = answering(reply(401, '', challenge), given);
    assert.equal((await askForTypedLogin('docker.io', TYPED, ports)).kind, kind, String(given.status));
    assert.deepEqual(ports.asked, [
      'GET https://registry-1.docker.io/v2/',
      'GET https://auth.docker.io/token?service=registry.docker.io&account=robot with a secret',
    ]);
  }
});

test('only who was shown a typed login can refuse it', async () => {
  for (const [given, kind] of [
    [reply(200), 'accepted'],
    [reply(401), 'unknown'],
    [reply(403), 'unknown'],
    [reply(404), 'unknown'],
    [reply(301), 'unknown'],
    [reply(0), 'unknown'],
    [reply(500), 'failing'],
    // What an engine would send there it would send in the clear, or not at all.
    [reply(401, '', 'Bearer realm="http://auth.example.org/token"'), 'unknown'],
    [reply(401, '', 'Negotiate'), 'unknown'],
  ] as const) {
    const ports = answering(given);
    assert.equal((await askForTypedLogin('registry.example.com', TYPED, ports)).kind, kind);
    assert.deepEqual(ports.asked, ['GET https://registry.example.com/v2/']);
  }
});

test('a registry that wants Basic is shown the login itself', async () => {
  for (const [status, kind] of [
    [200, 'accepted'],
    [401, 'refused'],
    [403, 'refused'],
    [503, 'failing'],
  ] as const) {
    const ports = answering(reply(401, '', 'BASIC realm="Nexus"'), reply(status));
    assert.equal((await askForTypedLogin('registry.example.com', TYPED, ports)).kind, kind);
    assert.equal(ports.asked[1], 'GET https://registry.example.com/v2/ with a secret');
  }
});
