import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import {
  type MintedToken,
  type MintOrder,
  type MintRefusal,
  mintServiceAccountToken,
} from '../../src/cluster/mint-service-account-token.ts';
import { callApi } from '../sandbox/api-client.ts';
import type { SandboxOptions } from '../sandbox/sandbox-options.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { askAs, registryTakes } from './minting-at.ts';

const ORDER: MintOrder = {
  namespace: 'alice-ns',
  name: 'puller',
  lifeSeconds: 3600,
  boundSecret: undefined,
};

async function cluster(t: TestContext, options: SandboxOptions = {}) {
  const sandbox = await runningSandbox(t, options);
  const alice = sandbox.issueOAuthToken({ user: 'alice', lifeSeconds: 0 });
  const mint = (order: Partial<MintOrder> = {}, token = alice) =>
    mintServiceAccountToken({ ...ORDER, ...order }, askAs(sandbox, token));
  return { sandbox, alice, mint };
}

function tokenOf(outcome: MintedToken | MintRefusal): MintedToken {
  assert.ok(!('kind' in outcome), `no token: ${'kind' in outcome && outcome.kind}`);
  return outcome;
}

test('a token is minted for the life that was asked, and the registry takes it', async (t) => {
  const { sandbox, mint } = await cluster(t);
  const beforeMs = Date.now();
  const { token, expiresAtMs, dateMs } = tokenOf(await mint({ lifeSeconds: 1800 }));
  assert.ok(Math.abs(expiresAtMs - beforeMs - 1_800_000) < 60_000);
  assert.ok(dateMs !== undefined && Math.abs(dateMs - beforeMs) < 60_000);
  assert.equal(await registryTakes(sandbox, token), true);
});

test('no audience is asked for: the registry shows the token to the API server', async (t) => {
  const { sandbox, mint } = await cluster(t);
  await mint();
  assert.deepEqual(sandbox.mints[0]?.audiences, ['https://kubernetes.default.svc']);
  const [request] = await sandbox.received('tokenrequest');
  assert.doesNotMatch(String(request?.body), /audience/);
});

test('what the server grants counts, and not what was asked', async (t) => {
  const { mint } = await cluster(t, { tokenRequestMaximumSeconds: 900 });
  const { expiresAtMs } = tokenOf(await mint({ lifeSeconds: 28_800 }));
  assert.ok(Math.abs(expiresAtMs - Date.now() - 900_000) < 60_000);
});

test('a token that is tied to a Secret ends with it', async (t) => {
  const { sandbox, alice, mint } = await cluster(t);
  const secrets = '/api/v1/namespaces/alice-ns/secrets';
  const body = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'laptop' } };
  assert.equal((await callApi(sandbox, alice, 'POST', secrets, body)).status, 201);
  const { token } = tokenOf(await mint({ boundSecret: 'laptop' }));
  assert.equal(await registryTakes(sandbox, token), true);
  assert.equal((await callApi(sandbox, alice, 'DELETE', `${secrets}/laptop`)).status, 200);
  assert.equal(await registryTakes(sandbox, token), false);
});

test('a token may mint the next one of its own account only where a role says so', async (t) => {
  const { sandbox, mint } = await cluster(t);
  const admin = sandbox.issueOAuthToken({ user: 'kube:admin' });
  const { token } = tokenOf(await mint());
  assert.deepEqual(await mint({}, token), {
    kind: 'forbidden',
    who: 'system:serviceaccount:alice-ns:puller',
  });
  const rbac = '/apis/rbac.authorization.k8s.io/v1/namespaces/alice-ns';
  const rules = [
    { apiGroups: [''], resources: ['serviceaccounts/token'], resourceNames: ['puller'], verbs: ['create'] },
  ];
  const role = { kind: 'Role', metadata: { name: 'renew' }, rules };
  const binding = {
    kind: 'RoleBinding',
    metadata: { name: 'renew' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'renew' },
    subjects: [{ kind: 'ServiceAccount', namespace: 'alice-ns', name: 'puller' }],
  };
  for (const [plural, object] of [
    ['roles', role],
    ['rolebindings', binding],
  ] as const) {
    const body = { apiVersion: 'rbac.authorization.k8s.io/v1', ...object };
    assert.equal((await callApi(sandbox, admin, 'POST', `${rbac}/${plural}`, body)).status, 201);
  }
  assert.equal(await registryTakes(sandbox, tokenOf(await mint({}, token)).token), true);
});

test('every refusal of a cluster is told apart', async (t) => {
  const { sandbox, mint } = await cluster(t);
  const bob = sandbox.issueOAuthToken({ user: 'bob' });
  assert.deepEqual(await mint({}, bob), { kind: 'forbidden', who: 'bob' });
  assert.deepEqual(await mint({ name: 'nobody' }), { kind: 'no-such-account' });
  assert.deepEqual(await mint({ boundSecret: 'gone' }), { kind: 'no-such-secret' });
  assert.deepEqual(await mint({}, 'sha256~dead'), { kind: 'rejected' });
  assert.deepEqual(await mint({ lifeSeconds: 599 }), {
    kind: 'unavailable',
    detail: 'the API server answered 422',
  });
});

test('a cluster without TokenRequest says so', async (t) => {
  const sandbox = await runningSandbox(t, { mode: 'okd-3.11' });
  const ask = askAs(sandbox, sandbox.issueOpaqueToken('alice'));
  assert.deepEqual(await mintServiceAccountToken(ORDER, ask), { kind: 'not-served' });
});

test('a server that fails, answers nonsense or is gone mints nothing', async (t) => {
  const { sandbox, mint } = await cluster(t);
  for (const [fault, detail] of [
    [503, 'the API server answered 503'],
    ['html', 'the API server answered 200'],
    [{ redirect: 'https://elsewhere.example.com/' }, 'the API server answered 302'],
    ['no-token', 'the API server answered TokenRequest without a token'],
  ] as const) {
    sandbox.setEndpointFault('tokenrequest', fault);
    assert.deepEqual(await mint(), { kind: 'unavailable', detail });
  }
  sandbox.setEndpointFault('tokenrequest', null);
  await sandbox.close('api');
  assert.deepEqual(await mint(), { kind: 'unreachable', detail: 'connection refused' });
});

test('a token whose end lies behind is handed on with that end, for others to judge', async (t) => {
  const { sandbox, mint } = await cluster(t);
  sandbox.setEndpointFault('tokenrequest', 'past-expiry');
  const { expiresAtMs, dateMs = 0 } = tokenOf(await mint());
  assert.ok(expiresAtMs < dateMs);
});

test('a token that could not stand in a header, or whose end is no time, is none', async () => {
  for (const status of [
    { token: 'a\r\nb', expirationTimestamp: '2030-01-01T00:00:00Z' },
    { token: '', expirationTimestamp: '2030-01-01T00:00:00Z' },
    { token: 't', expirationTimestamp: 'soon' },
    { token: 't' },
  ]) {
    const reply = { status: 201, body: JSON.stringify({ status }), dateMs: 0, detail: '', timedOut: false };
    assert.equal('kind' in (await mintServiceAccountToken(ORDER, async () => reply)), true);
  }
});
