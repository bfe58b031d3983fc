import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReachability } from '../../src/files/reachability.ts';
import { givenToken } from '../../src/hosts/identity.ts';
import { AppError } from '../../src/hosts/reason.ts';
import { createAuthority } from '../sandbox/certificates.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { accessTo } from '../support/access-to.ts';
import { connectionTo } from '../support/api-request.ts';
import { unexpected } from '../support/identities.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { startConnectProxy } from '../support/test-proxy.ts';
import { startTokenRegistry } from '../support/token-registry.ts';

const PATH = '/apis/user.openshift.io/v1/users/~';

async function probe(sandbox: Sandbox, token: string, more?: Parameters<typeof accessTo>[1]) {
  const { access, who } = accessTo(sandbox, more);
  return access.probeRegistry(sandbox.registryHost, who, 'alice', token);
}

test("the registry's own endpoint accepts a live token and refuses a dead one", async (t) => {
  const sandbox = await runningSandbox(t);
  const token = sandbox.issueOAuthToken({ user: 'alice' });
  assert.equal(await probe(sandbox, token), 'accepted');
  const [request] = sandbox.requests;
  assert.deepEqual(
    [request?.server, request?.method, request?.path],
    ['registry', 'GET', '/openshift/token'],
  );
  sandbox.expire(token);
  assert.equal(await probe(sandbox, token), 'refused');
});

test("an engine's authorities for the host are read where the registry is not trusted without them, and prove no claim", async (t) => {
  const sandbox = await runningSandbox(t, { separateIngressAuthority: true });
  const token = sandbox.issueOAuthToken({ user: 'alice' });
  const asked: string[] = [];
  const authoritiesOf = async (host: string) => {
    asked.push(host);
    return ['no certificate', sandbox.ingressCaPem];
  };
  assert.equal(await probe(sandbox, token), 'unreachable');
  assert.equal(await probe(sandbox, token, { ports: { authoritiesOf } }), 'accepted');
  assert.deepEqual(asked, [sandbox.registryHost]);
  const both = { connection: { ca: sandbox.caPem + sandbox.ingressCaPem }, ports: { authoritiesOf } };
  assert.equal(await probe(sandbox, token, both), 'accepted');
  const { access } = accessTo(sandbox, { ports: { authoritiesOf } });
  assert.equal(await access.registryTakes(sandbox.registryHost, givenToken(token)), false);
  assert.equal(asked.length, 1);
});

test('a user name with a colon is told to the registry without it', async (t) => {
  const sandbox = await runningSandbox(t);
  const token = sandbox.issueOAuthToken({ user: 'kube:admin' });
  const { access, who } = accessTo(sandbox);
  for (const name of ['kube:admin', '']) {
    assert.equal(await access.probeRegistry(sandbox.registryHost, who, name, token), 'accepted');
  }
});

test('a page, a redirect and an error of the registry are no word on the token', async (t) => {
  const sandbox = await runningSandbox(t);
  const token = sandbox.issueOAuthToken({ user: 'alice' });
  for (const [fault, said] of [
    ['html', 'failing'],
    [503, 'failing'],
    [{ redirect: sandbox.apiUrl }, 'failing'],
    [401, 'refused'],
    [403, 'refused'],
  ] as const) {
    sandbox.setFault('registry', fault);
    assert.equal(await probe(sandbox, token), said, String(fault));
  }
  await sandbox.close('registry');
  assert.equal(await probe(sandbox, token), 'unreachable');
});

test("the registry's certificate may be of the API's authority or of the system's, and is always verified", async (t) => {
  const sandbox = await runningSandbox(t, { separateIngressAuthority: true });
  const token = sandbox.issueOAuthToken({ user: 'alice' });
  assert.equal(await probe(sandbox, token, { roots: [sandbox.ingressCaPem] }), 'accepted');
  sandbox.clearRequests();
  assert.equal(await probe(sandbox, token), 'unreachable');
  assert.equal(await probe(sandbox, token, { connection: { insecure: true, ca: undefined } }), 'unreachable');
  assert.deepEqual(sandbox.requests, []);
});

test('a login that was typed for a registry of no cluster goes to its realm over verified TLS, and nowhere else', async (t) => {
  const registry = await startTokenRegistry(t);
  registry.logins.add('robot:typed');
  const sandbox = await runningSandbox(t);
  const ask = (secret: string, roots = [registry.caPem]) =>
    accessTo(sandbox, { roots }).access.probeTypedLogin(registry.host, 'robot', secret);
  assert.deepEqual([await ask('typed'), await ask('revoked')], ['accepted', 'refused']);
  assert.deepEqual(
    registry.requests.slice(0, 2).map(({ host, path, login }) => [host, path, login]),
    [
      [registry.host, '/v2/', false],
      [registry.authHost, '/token?service=registry&account=robot', true],
    ],
  );
  registry.requests.length = 0;
  assert.equal(await ask('typed', []), 'unknown');
  assert.deepEqual([registry.requests, sandbox.requests], [[], []]);
});

test('a server that could not be reached is not tried again, and one that was reached is', async (t) => {
  const sandbox = await runningSandbox(t);
  const { access, who } = accessTo(sandbox);
  assert.equal((await access.ask(who, 'a.token', PATH)).status, 401);
  await sandbox.close('api');
  assert.equal((await access.ask(who, 'a.token', PATH)).detail, 'connection refused');
  await sandbox.reopen('api');
  sandbox.clearRequests();
  assert.equal((await access.ask(who, 'a.token', PATH)).detail, 'connection refused');
  assert.deepEqual(sandbox.requests, []);
});

test('what was wrong and is fixed works at once: a CA, a proxy that is none, a server that broke off', async (t) => {
  const sandbox = await runningSandbox(t);
  let connection = connectionTo(sandbox);
  const { access, who } = accessTo(sandbox, { ports: { connectionOf: async () => connection } });
  const other = await createAuthority('another');
  for (const wrong of [
    { ca: other.caPem },
    { tlsServerName: 'other.example.com' },
    { proxyUrl: 'gopher://proxy.example.com' },
    { proxyUrl: 'http://127.0.0.1:1' },
  ]) {
    connection = connectionTo(sandbox, wrong);
    assert.equal((await access.ask(who, 'a.token', PATH)).status, 0, JSON.stringify(wrong));
    connection = connectionTo(sandbox);
    assert.equal((await access.ask(who, 'a.token', PATH)).status, 401, JSON.stringify(wrong));
  }
  sandbox.setFault('api', 'reset');
  assert.equal((await access.ask(who, 'a.token', PATH)).status, 0);
  sandbox.setFault('api', null);
  assert.equal((await access.ask(who, 'a.token', PATH)).status, 401);
});

test('a proxy that is away is remembered without its password', async (t) => {
  const sandbox = await runningSandbox(t);
  const noted: string[] = [];
  const store = createReachability(null, undefined, Date.now);
  const reachability: typeof store = {
    ...store,
    note: (way, outcome) => {
      noted.push(way);
      store.note(way, outcome);
    },
  };
  const connection = { proxyUrl: 'http://me:secret@127.0.0.1:1' };
  const { access, who } = accessTo(sandbox, { connection, ports: { reachability } });
  for (const _ of [1, 2]) {
    assert.equal((await access.ask(who, 'a.token', PATH)).detail, 'connection refused');
  }
  assert.deepEqual(noted, [`${sandbox.apiUrl} by http://127.0.0.1:1`]);
});

test('a connection gets the time that is left for it where others were late', async (t) => {
  const sandbox = await runningSandbox(t);
  sandbox.setFault('api', 'stall-handshake');
  const reachability = { ...createReachability(null, undefined, Date.now), connectLimitMs: () => 150 };
  const { access, who } = accessTo(sandbox, { ports: { reachability } });
  assert.equal((await access.ask(who, 'a.token', PATH)).detail, 'no answer within 0.15 s');
});

test('when no time is left nobody is asked, and nobody is held to be away', async (t) => {
  const sandbox = await runningSandbox(t);
  let remaining = 0;
  const { access, who } = accessTo(sandbox, { ports: { remainingMs: () => remaining } });
  assert.equal((await access.ask(who, 'a.token', PATH)).detail, 'no time was left to ask');
  assert.deepEqual(sandbox.requests, []);
  remaining = 4000;
  assert.equal((await access.ask(who, 'a.token', PATH)).status, 401);
});

test('a fault of the kubeconfig is told instead of asking, and forgotten with it', async (t) => {
  const sandbox = await runningSandbox(t);
  const note = unexpected('note');
  const reachability = { ...createReachability(null, undefined, Date.now), note };
  const { access, who } = accessTo(sandbox, {
    connection: { fault: 'the CA is not there' },
    ports: { reachability },
  });
  assert.equal((await access.ask(who, 'a.token', PATH)).detail, 'the CA is not there');
  assert.deepEqual(sandbox.requests, []);
});

test("roots that can't be read are told instead of asking, and stop nothing where they are not needed", async (t) => {
  const sandbox = await runningSandbox(t);
  const systemRoots = async () => {
    throw new AppError({ code: 'unreadable-file', message: "/tmp can't be read", fix: { run: 'ls /tmp' } });
  };
  const token = sandbox.issueOAuthToken({ user: 'alice' });
  const without = accessTo(sandbox, { connection: { ca: undefined }, ports: { systemRoots } });
  assert.equal((await without.access.ask(without.who, token, PATH)).detail, "/tmp can't be read");
  const own = accessTo(sandbox, { ports: { systemRoots } });
  assert.equal((await own.access.ask(own.who, token, PATH)).status, 200);
  const probed = ({ access, who }: typeof own) =>
    access.probeRegistry(sandbox.registryHost, who, 'alice', token);
  assert.deepEqual([await probed(without), await probed(own)], ['unreachable', 'accepted']);
});

test("the kubeconfig's proxy counts before the environment's, and for the registry, too", async (t) => {
  const sandbox = await runningSandbox(t);
  const proxy = await startConnectProxy(t);
  const token = sandbox.issueOAuthToken({ user: 'alice' });
  const connection = { proxyUrl: `http://127.0.0.1:${proxy.port}` };
  const ports = { env: { HTTPS_PROXY: 'http://127.0.0.1:1' } };
  const { access, who } = accessTo(sandbox, { connection, ports });
  assert.equal((await access.ask(who, token, PATH)).status, 200);
  assert.equal(await access.probeRegistry(sandbox.registryHost, who, 'alice', token), 'accepted');
  assert.deepEqual(proxy.targets, [new URL(sandbox.apiUrl).host, sandbox.registryHost]);
});

test('an unverified API server is not believed where its OAuth server is', async (t) => {
  const sandbox = await runningSandbox(t);
  const token = sandbox.issueOAuthToken({ user: 'alice', scopes: ['user:info'] });
  const { access, who } = accessTo(sandbox, { connection: { insecure: true } });
  const said = await access.inspectToken({ ...who, insecure: true }, token);
  assert.equal(said.kind === 'accepted' ? said.expiresAtMs : said.kind, undefined);
  assert.deepEqual(
    sandbox.requests.filter(({ server }) => server === 'oauth'),
    [],
  );
});
