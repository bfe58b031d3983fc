import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { fingerprintOf } from '../../src/files/sign-outs.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { ageKeptToken, machineFor } from './test-machine.ts';

/** A machine of bob's whose service account renews its tokens by itself, made with these further words. */
async function robotMachine(t: TestContext, ...words: string[]) {
  const sandbox = await runningSandbox(t);
  const host = sandbox.registryHost;
  const login = sandbox.issueOAuthToken({ user: 'bob' });
  const machine = machineFor(t, sandbox.kubeconfig({ token: login, user: 'bob', namespace: 'bob-ns' }));
  const create = ['service-account', 'create', 'bob-ns/robot', '--host', host, '--self-renew', ...words];
  const made = await machine.run(create);
  assert.equal(made.status, 0, made.stderr);
  return { sandbox, host, login, machine };
}

test('a token renews itself once the login is revoked, until its Secret is deleted', async (t) => {
  const { sandbox, host, login, machine } = await robotMachine(t, '--role', 'registry-viewer');
  const secrets = () =>
    [...sandbox.cluster.secrets.keys()].filter((key) => key.includes('docker-credential'));
  assert.equal(secrets().length, 1);

  const first = await machine.answer(host);
  assert.equal(first.token, fingerprintOf(sandbox.mints[0]?.token ?? ''));
  assert.equal(sandbox.mints[0]?.requestedBy, 'bob');

  sandbox.revoke(login);
  for (const generation of [1, 2]) {
    ageKeptToken(machine, 0.8);
    await machine.forgetAnswers();
    const { token, said } = await machine.answer(host);
    assert.equal(said, '');
    assert.equal(token, fingerprintOf(sandbox.mints[generation]?.token ?? ''));
    assert.equal(sandbox.mints[generation]?.requestedBy, 'system:serviceaccount:bob-ns:robot');
  }

  for (const key of secrets()) sandbox.cluster.secrets.delete(key);
  await machine.forgetAnswers();
  const { token, said } = await machine.answer(host);
  assert.equal(token, undefined);
  assert.match(said, /refuses your login.*Run: docker-credential-openshift login /);
  assert.equal(sandbox.mints.length, 3);
});

test('a machine whose Secret is deleted is told so while the login lives, and mints no more', async (t) => {
  const { sandbox, host, machine } = await robotMachine(t);
  assert.notEqual((await machine.answer(host)).token, undefined);
  for (const key of [...sandbox.cluster.secrets.keys()]) {
    if (key.includes('docker-credential')) sandbox.cluster.secrets.delete(key);
  }
  await machine.forgetAnswers();
  const { token, said } = await machine.answer(host);
  assert.equal(token, undefined);
  assert.match(said, /^The Secret in bob-ns that this machine's tokens of robot are tied to is gone: /);
  assert.match(said, /Run: docker-credential-openshift service-account create bob-ns\/robot .*--self-renew$/);
  assert.equal(sandbox.mints.length, 1);
});
