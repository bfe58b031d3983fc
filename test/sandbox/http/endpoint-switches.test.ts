import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { requestToken, type TokenRequestAnswer } from '../api-client.ts';
import { send } from '../https-client.ts';
import { createManualClock, type ManualClock } from '../manual-clock.ts';
import { type Sandbox, startSandbox } from '../sandbox.ts';

describe('A switch of one endpoint', () => {
  let clock: ManualClock;
  let sandbox: Sandbox;
  let alice: string;
  beforeEach(async () => {
    clock = createManualClock();
    sandbox = await startSandbox({ clock });
    alice = sandbox.issueOAuthToken({ user: 'alice' });
  });
  afterEach(() => sandbox.stop());
  const mint = () => requestToken(sandbox, alice, 'alice-ns/puller');
  const versionStatus = async () =>
    (await send(`${sandbox.apiUrl}/version`, { caPem: sandbox.caPem })).status;

  test('holds its answers back until the clock has moved that far, and no others', async () => {
    sandbox.setDelay('tokenrequest', 1500);
    const answers = [mint(), mint()];
    const arrived = await sandbox.received('tokenrequest', 2);
    assert.deepEqual([arrived.length, sandbox.mints.length, await versionStatus()], [2, 0, 200]);
    clock.advanceSeconds(1);
    assert.equal(await versionStatus(), 200);
    assert.equal(sandbox.mints.length, 0);
    clock.advanceSeconds(1);
    for (const answer of await Promise.all(answers)) assert.equal(answer.status, 201);
    assert.equal(sandbox.mints.length, 2);
    sandbox.setDelay('tokenrequest', 0);
    assert.equal((await mint()).status, 201);
  });

  test('holds back what it has done already', async () => {
    sandbox.setDelay('tokenrequest', 1500, 'answer');
    let isAnswered = false;
    const answer = mint().finally(() => {
      isAnswered = true;
    });
    await sandbox.received('tokenrequest');
    assert.equal(await versionStatus(), 200);
    assert.deepEqual([sandbox.mints.length, isAnswered], [1, false]);
    clock.advanceSeconds(2);
    assert.equal((await answer).status, 201);
  });

  test('does nothing for a caller who left while waiting', async () => {
    sandbox.setDelay('tokenrequest', 1000);
    const abort = new AbortController();
    const path = '/api/v1/namespaces/alice-ns/serviceaccounts/puller/token';
    const left = assert.rejects(
      send(`${sandbox.apiUrl}${path}`, {
        caPem: sandbox.caPem,
        method: 'POST',
        headers: { Authorization: `Bearer ${alice}` },
        body: '{}',
        signal: abort.signal,
      }),
    );
    await sandbox.received('tokenrequest');
    abort.abort();
    await left;
    // A round trip, after which the server has noticed.
    await versionStatus();
    clock.advanceSeconds(1);
    const stays = mint();
    await sandbox.received('tokenrequest', 2);
    clock.advanceSeconds(1);
    assert.equal((await stays).status, 201);
    assert.equal(sandbox.mints.length, 1);
  });

  test('breaks this endpoint alone', async () => {
    sandbox.setEndpointFault('tokenrequest', 'html');
    const page = await mint();
    assert.deepEqual([page.status, page.header('Content-Type')], [200, 'text/html; charset=utf-8']);
    assert.equal(await versionStatus(), 200);
    sandbox.setEndpointFault('tokenrequest', 503);
    assert.equal((await mint()).status, 503);
    sandbox.setEndpointFault('tokenrequest', null);
    assert.equal((await mint()).status, 201);
  });

  test('answers 201 without a token', async () => {
    sandbox.setEndpointFault('tokenrequest', 'no-token');
    const answer = await mint();
    assert.deepEqual([answer.status, (answer.json() as TokenRequestAnswer).status], [201, {}]);
  });

  test('answers with a token whose end is past', async () => {
    sandbox.setEndpointFault('tokenrequest', 'past-expiry');
    const { token, expirationTimestamp } = ((await mint()).json() as TokenRequestAnswer).status;
    assert.match(token, /^[\w-]+\.[\w-]+\.[\w-]+$/);
    assert.equal(Date.parse(expirationTimestamp), clock.nowMs() - 3_600_000);
  });

  test('counts what arrived since the requests were cleared', async () => {
    await mint();
    sandbox.clearRequests();
    const next = sandbox.received('tokenrequest');
    await mint();
    assert.equal((await next).length, 1);
  });
});
