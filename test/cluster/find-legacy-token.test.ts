import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { findLegacyToken } from '../../src/cluster/mint-service-account-token.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { SandboxOptions } from '../sandbox/sandbox-options.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { askAs, registryTakes } from './minting-at.ts';

const ROBOT = { namespace: 'alice-ns', name: 'robot' };

async function cluster(t: TestContext, options: SandboxOptions) {
  const sandbox = await runningSandbox(t, options);
  // The account comes into being with its first token.
  sandbox.issueServiceAccountToken(ROBOT);
  return sandbox;
}

const find = (sandbox: Sandbox, token: string, host = sandbox.registryHost) =>
  findLegacyToken(ROBOT, host, askAs(sandbox, token));

test("OKD 3.11 has the account's token in a secret of its own, without an end", async (t) => {
  const sandbox = await cluster(t, { mode: 'okd-3.11', accountSecrets: 'token-and-dockercfg' });
  const found = await find(sandbox, sandbox.issueOpaqueToken('alice'));
  assert.equal(typeof found, 'string');
  assert.equal(await registryTakes(sandbox, String(found)), true);
});

test('where only a dockercfg secret is named, the entry of the registry host is taken', async (t) => {
  const sandbox = await cluster(t, { accountSecrets: 'dockercfg' });
  const alice = sandbox.issueOAuthToken({ user: 'alice' });
  const found = await find(sandbox, alice);
  assert.equal(await registryTakes(sandbox, String(found)), true);
  assert.deepEqual(await find(sandbox, alice, 'other.example.com'), { kind: 'not-served' });
});

test('an account that is named no secret has no token there', async (t) => {
  const sandbox = await cluster(t, { accountSecrets: 'none' });
  const alice = sandbox.issueOAuthToken({ user: 'alice' });
  assert.deepEqual(await find(sandbox, alice), { kind: 'not-served' });
});

test('whoever may not read secrets is told so, and an account that is not there as well', async (t) => {
  const sandbox = await cluster(t, { accountSecrets: 'dockercfg' });
  const bob = sandbox.issueOAuthToken({ user: 'bob' });
  assert.deepEqual(await find(sandbox, bob), { kind: 'forbidden', who: 'bob' });
  const alice = askAs(sandbox, sandbox.issueOAuthToken({ user: 'alice' }));
  assert.deepEqual(await findLegacyToken({ ...ROBOT, name: 'nobody' }, sandbox.registryHost, alice), {
    kind: 'no-such-account',
  });
  assert.deepEqual(await find(sandbox, 'sha256~dead'), { kind: 'rejected' });
});

test('secrets of nonsense hold no token, and none of them stops the search', async () => {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const secrets: Record<string, object> = {
    gone: {},
    empty: { type: 'kubernetes.io/service-account-token', data: {} },
    torn: { type: 'kubernetes.io/dockercfg', data: { '.dockercfg': base64('{') } },
    good: {
      type: 'kubernetes.io/dockercfg',
      data: { '.dockercfg': base64('{"r.example.com":{"password":"t"}}') },
    },
  };
  const account = {
    secrets: [{ name: 'gone' }, {}, { name: 'empty' }],
    imagePullSecrets: [{ name: 'torn' }, { name: 'good' }],
  };
  const asked: string[] = [];
  const found = await findLegacyToken(ROBOT, 'r.example.com', async (path) => {
    asked.push(path);
    const name = path.split('/secrets/')[1];
    const status = name === 'gone' ? 404 : 200;
    const body = JSON.stringify(name === undefined ? account : secrets[name]);
    return { status, body, dateMs: 0, detail: '', timedOut: false };
  });
  assert.equal(found, 't');
  assert.deepEqual(
    asked.map((path) => path.slice(path.lastIndexOf('/') + 1)),
    ['robot', 'gone', 'empty', 'torn', 'good'],
  );
});
