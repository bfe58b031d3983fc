import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { accessTo } from '../support/access-to.ts';
import { runningSandbox } from '../support/running-sandbox.ts';

const HOUR = 3_600_000;

async function inspect(sandbox: Sandbox, token: string, server?: string) {
  const { access, who } = accessTo(sandbox);
  const said = await access.inspectToken(server === undefined ? who : { ...who, server }, token);
  if (said.kind !== 'accepted') return said;
  const { kind, username, opensImages, expiresAtMs, idleEndsAtMs } = said;
  const hours = (ms: number | null | undefined) =>
    typeof ms === 'number' ? Math.round((ms - Date.now()) / HOUR) : ms;
  return { kind, username, opensImages, hours: hours(expiresAtMs), idleHours: hours(idleEndsAtMs) };
}
const alice = { kind: 'accepted', username: 'alice', opensImages: true, hours: 24, idleHours: undefined };

test('OpenShift tells all of an OAuth token in one request', async (t) => {
  const sandbox = await runningSandbox(t);
  assert.deepEqual(await inspect(sandbox, sandbox.issueOAuthToken({ user: 'alice' })), alice);
  assert.equal(sandbox.requests.length, 1);
  const never = sandbox.issueOAuthToken({ user: 'alice', lifeSeconds: 0 });
  assert.deepEqual(await inspect(sandbox, never), { ...alice, hours: null });
  const idle = sandbox.issueOAuthToken({ user: 'alice', inactivityTimeoutSeconds: 7200 });
  assert.deepEqual(await inspect(sandbox, idle), { ...alice, idleHours: 2 });
  const admin = sandbox.issueOAuthToken({ user: 'kube:admin' });
  assert.deepEqual(await inspect(sandbox, admin), { ...alice, username: 'kube:admin' });
});

test('a token of a scope without images is told from a full one', async (t) => {
  const sandbox = await runningSandbox(t);
  const token = sandbox.issueOAuthToken({ user: 'alice', scopes: ['user:info'] });
  assert.deepEqual(await inspect(sandbox, token), { ...alice, opensImages: false });
  const never = sandbox.issueOAuthToken({
    user: 'alice',
    scopes: ['user:info'],
    lifeSeconds: 0,
    createdSecondsAgo: 60,
  });
  assert.deepEqual(await inspect(sandbox, never), { ...alice, opensImages: false, hours: undefined });
});

test('expired, unknown and foreign tokens are rejected', async (t) => {
  const sandbox = await runningSandbox(t);
  const expired = sandbox.issueOAuthToken({ user: 'alice' });
  sandbox.expire(expired);
  for (const token of [expired, `sha256~${'x'.repeat(43)}`, 'opaque', 'a.b.c']) {
    assert.deepEqual(await inspect(sandbox, token), { kind: 'rejected' });
  }
});

test('a token that was deleted while the cluster still accepts it is revoked', async (t) => {
  const sandbox = await runningSandbox(t, { validationCacheSeconds: 120 });
  const token = sandbox.issueOAuthToken({ user: 'alice' });
  await inspect(sandbox, token);
  sandbox.revoke(token);
  assert.deepEqual(await inspect(sandbox, token), { kind: 'revoked' });
});

test('service accounts end when their token says so, or never', async (t) => {
  const sandbox = await runningSandbox(t);
  const account = { namespace: 'alice-ns', name: 'puller' };
  const puller = { ...alice, username: 'system:serviceaccount:alice-ns:puller' };
  const bound = sandbox.issueServiceAccountToken({ ...account, lifeSeconds: 7200 });
  assert.deepEqual(await inspect(sandbox, bound), { ...puller, hours: 2 });
  const legacy = sandbox.issueServiceAccountToken({ ...account, lifeSeconds: null });
  assert.deepEqual(await inspect(sandbox, legacy), { ...puller, hours: null });
  const elsewhere = sandbox.issueServiceAccountToken({ ...account, audiences: ['https://other'] });
  assert.deepEqual(await inspect(sandbox, elsewhere), { kind: 'rejected' });
});

test('OKD 3.11 knows opaque tokens by their user alone', async (t) => {
  const sandbox = await runningSandbox(t, { mode: 'okd-3.11' });
  const token = sandbox.issueOpaqueToken('alice');
  assert.deepEqual(await inspect(sandbox, token), { ...alice, hours: undefined });
  sandbox.revoke(token);
  assert.deepEqual(await inspect(sandbox, token), { kind: 'rejected' });
});

test('a cluster with an external identity provider reviews its tokens', async (t) => {
  const sandbox = await runningSandbox(t, { mode: 'external-oidc' });
  const token = sandbox.issueOidcToken({ user: 'alice', lifeSeconds: 7200 });
  assert.deepEqual(await inspect(sandbox, token), { ...alice, hours: 2 });
  sandbox.expire(token);
  assert.deepEqual(await inspect(sandbox, token), { kind: 'rejected' });
});

test('while token validation is down, tokens seen lately are not judged, and others are rejected', async (t) => {
  const sandbox = await runningSandbox(t);
  const [warm, cold] = [
    sandbox.issueOAuthToken({ user: 'alice' }),
    sandbox.issueOAuthToken({ user: 'alice' }),
  ];
  await inspect(sandbox, warm);
  sandbox.setOutage({ validationDown: true });
  const detail = 'the API server answered 503';
  assert.deepEqual(await inspect(sandbox, warm), { kind: 'unavailable', detail });
  assert.deepEqual(await inspect(sandbox, cold), { kind: 'rejected' });
});
