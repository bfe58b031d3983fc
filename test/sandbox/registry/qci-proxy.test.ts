import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { basic, type ClientResponse, send } from '../https-client.ts';
import { createManualClock } from '../manual-clock.ts';
import { type Sandbox, startSandbox } from '../sandbox.ts';

describe('The QCI proxy', () => {
  const clock = createManualClock();
  const image = '/v2/openshift/ci/manifests/ocp_4.18_cli';
  let sandbox: Sandbox;
  before(async () => {
    sandbox = await startSandbox({ mode: 'qci', clock });
  });
  after(() => sandbox.stop());

  function ask(path: string, authorization?: string, method = 'GET'): Promise<ClientResponse> {
    const headers = authorization === undefined ? {} : { Authorization: authorization };
    return send(`${sandbox.registryUrl}${path}`, { caPem: sandbox.caPem, method, headers });
  }

  async function ownToken(): Promise<string> {
    const token = sandbox.issueOAuthToken({ user: 'alice' });
    return ((await ask('/v2/auth', basic('any', token))).json() as { token: string }).token;
  }

  test('is closed to everyone without a token, and names its own token endpoint', async () => {
    const { registryHost: host } = sandbox;
    for (const path of ['/v2/', image, '/v2/auth']) {
      const answer = await ask(path);
      assert.equal(answer.status, 401, path);
      assert.equal(
        answer.header('Www-Authenticate'),
        `Bearer realm="https://${host}/v2/auth",service="${host}"`,
      );
    }
  });

  test('gives a token for a cluster token, and opens images to that one only', async () => {
    const clusterToken = sandbox.issueOAuthToken({ user: 'alice' });
    assert.equal((await ask(image, `Bearer ${await ownToken()}`)).status, 200);
    assert.equal((await ask(image, `Bearer ${clusterToken}`)).status, 401);
    assert.equal((await ask(image, basic('alice', clusterToken))).status, 401);
  });

  test('ends its own token after six hours', async () => {
    const token = await ownToken();
    clock.advanceSeconds(6 * 3600 - 1);
    assert.equal((await ask(image, `Bearer ${token}`)).status, 200);
    clock.advanceSeconds(1);
    assert.equal((await ask(image, `Bearer ${token}`)).status, 401);
  });

  test('asks for a grant of people and for none of service accounts', async () => {
    const bob = sandbox.issueOAuthToken({ user: 'bob' });
    const account = sandbox.issueServiceAccountToken({ namespace: 'ci', name: 'robot' });
    assert.equal((await ask('/v2/auth', basic('bob', bob))).status, 401);
    assert.equal((await ask('/v2/auth', basic('robot', account))).status, 200);
    assert.equal((await ask('/v2/auth', basic('alice', 'dead'))).status, 401);
  });

  test('takes no push', async () => {
    const answer = await ask('/v2/openshift/ci/blobs/uploads/', `Bearer ${await ownToken()}`, 'POST');
    assert.equal(answer.status, 401);
  });
});
