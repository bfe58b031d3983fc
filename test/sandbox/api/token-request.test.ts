import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { callApi, messageOf, requestToken, type TokenRequestAnswer } from '../api-client.ts';
import { basic, send } from '../https-client.ts';
import { createManualClock, type ManualClock } from '../manual-clock.ts';
import { type Sandbox, startSandbox } from '../sandbox.ts';

const USERS_ME = '/apis/user.openshift.io/v1/users/~';

describe('TokenRequest', () => {
  let clock: ManualClock;
  let sandbox: Sandbox;
  let alice: string;
  beforeEach(async () => {
    clock = createManualClock();
    sandbox = await startSandbox({ clock });
    alice = sandbox.issueOAuthToken({ user: 'alice', lifeSeconds: 0 });
  });
  afterEach(() => sandbox.stop());

  async function mint(spec: object = {}): Promise<TokenRequestAnswer> {
    const answer = await requestToken(sandbox, alice, 'alice-ns/puller', spec);
    assert.equal(answer.status, 201, answer.body.toString());
    return answer.json() as TokenRequestAnswer;
  }
  const statusOf = async (token: string) => (await callApi(sandbox, token, 'GET', USERS_ME)).status;

  test('mints a token that API and registry take until a minute past its end', async () => {
    const { token, expirationTimestamp } = (await mint({ expirationSeconds: 600 })).status;
    assert.equal(Date.parse(expirationTimestamp), clock.nowMs() + 600_000);
    const registryStatus = async () =>
      (
        await send(`${sandbox.registryUrl}/openshift/token`, {
          caPem: sandbox.caPem,
          headers: { Authorization: basic('puller', token) },
        })
      ).status;
    clock.advanceSeconds(660);
    assert.deepEqual([await statusOf(token), await registryStatus()], [200, 200]);
    clock.advanceSeconds(1);
    assert.deepEqual([await statusOf(token), await registryStatus()], [401, 401]);
  });

  test('names account, audience and life in the claims', async () => {
    const { token } = (await mint({ audiences: ['a', 'b'], expirationSeconds: 7200 })).status;
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    assert.deepEqual(
      [claims.aud, claims.exp - claims.iat, claims.sub],
      [['a', 'b'], 7200, 'system:serviceaccount:alice-ns:puller'],
    );
    assert.equal(await statusOf(token), 401);
  });

  test('keeps a list of what it minted and for whom, refusals not included', async () => {
    const { token } = (await mint()).status;
    await requestToken(sandbox, alice, 'bob-ns/robot');
    await requestToken(sandbox, alice, 'alice-ns/puller', { expirationSeconds: 1 });
    assert.deepEqual(sandbox.mints, [
      {
        namespace: 'alice-ns',
        serviceAccount: 'puller',
        requestedBy: 'alice',
        timeMs: clock.nowMs(),
        lifeSeconds: 3600,
        audiences: ['https://kubernetes.default.svc'],
        token,
      },
    ]);
  });

  test('warns when it grants less than was asked', async () => {
    sandbox.cluster.tokenRequestMaximumSeconds = 1800;
    const answer = await requestToken(sandbox, alice, 'alice-ns/puller', { expirationSeconds: 7200 });
    assert.equal(
      answer.header('Warning'),
      '299 - "requested expiration of 7200 seconds shortened to 1800 seconds"',
    );
    const { spec, status } = answer.json() as TokenRequestAnswer;
    assert.equal(spec.expirationSeconds, 1800);
    assert.equal(Date.parse(status.expirationTimestamp), clock.nowMs() + 1_800_000);
    const unasked = await requestToken(sandbox, alice, 'alice-ns/puller', { expirationSeconds: 900 });
    assert.equal(unasked.header('Warning'), undefined);
  });

  test('refuses a name or namespace in the body that is not the one in the path', async () => {
    const path = '/api/v1/namespaces/alice-ns/serviceaccounts/puller/token';
    const answer = await callApi(sandbox, alice, 'POST', path, { metadata: { name: 'robot' } });
    assert.equal(answer.status, 422);
    assert.equal(
      messageOf(answer),
      'TokenRequest.authentication.k8s.io "puller" is invalid: metadata.name: Invalid value: "robot": ' +
        'must match the service account name if specified',
    );
    const elsewhere = await callApi(sandbox, alice, 'POST', path, { metadata: { namespace: 'bob-ns' } });
    assert.equal(elsewhere.status, 422);
  });

  test('refuses a body that is no TokenRequest', async () => {
    const path = '/api/v1/namespaces/alice-ns/serviceaccounts/puller/token';
    for (const body of [
      [],
      { kind: 'Pod' },
      { spec: { expirationSeconds: '600' } },
      { spec: { audiences: 'a' } },
    ]) {
      assert.equal((await callApi(sandbox, alice, 'POST', path, body)).status, 400);
    }
    assert.equal((await callApi(sandbox, alice, 'GET', path)).status, 403);
  });

  test('an account whose deletion is seen at once takes its tokens with it', async () => {
    const { token } = (await mint()).status;
    assert.equal(await statusOf(token), 200);
    sandbox.cluster.serviceAccounts.delete('alice-ns/puller');
    assert.equal(await statusOf(token), 401);
  });
});

test('with the real cache a token outlives its account by ten seconds', async () => {
  const clock = createManualClock();
  const sandbox = await startSandbox({ clock, accountTokenCacheSeconds: 10 });
  try {
    const token = sandbox.issueServiceAccountToken({ namespace: 'alice-ns', name: 'puller' });
    const status = async () => (await callApi(sandbox, token, 'GET', USERS_ME)).status;
    assert.equal(await status(), 200);
    sandbox.cluster.serviceAccounts.delete('alice-ns/puller');
    clock.advanceSeconds(9);
    assert.equal(await status(), 200);
    clock.advanceSeconds(1);
    assert.equal(await status(), 401);
  } finally {
    await sandbox.stop();
  }
});

test('OKD 3.11 does not know TokenRequest', async () => {
  const sandbox = await startSandbox({ mode: 'okd-3.11' });
  try {
    const answer = await requestToken(sandbox, sandbox.issueOpaqueToken('alice'), 'alice-ns/puller');
    assert.deepEqual(
      [answer.status, messageOf(answer)],
      [404, 'the server could not find the requested resource'],
    );
  } finally {
    await sandbox.stop();
  }
});
