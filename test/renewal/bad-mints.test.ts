import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { fingerprintOf } from '../../src/files/sign-outs.ts';
import { removeServiceAccount } from '../sandbox/cluster/service-accounts.ts';
import type { EndpointFault } from '../sandbox/http/endpoint-switches.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import {
  ageKeptToken,
  configFor,
  machineFor,
  machineOfPuller,
  PULLER,
  type TestMachine,
} from './test-machine.ts';

async function machineThatMints(t: TestContext): Promise<{ sandbox: Sandbox; machine: TestMachine }> {
  const sandbox = await runningSandbox(t);
  return { sandbox, machine: machineOfPuller(t, sandbox) };
}

const FAULTS: readonly (readonly [what: string, EndpointFault, said: RegExp])[] = [
  ['a 201 without a token', 'no-token', /minted no token of .* answered TokenRequest without a token/],
  [
    'a token that ended an hour ago',
    'past-expiry',
    /had ended already \[minted-expired\]\. Run: oc create token puller -n alice-ns/,
  ],
  ['a page of HTML', 'html', /minted no token of .*answered/],
  ['a redirect', { redirect: 'https://sso.example.com/' }, /minted no token of .* answered 302/],
  ['500', 500, /minted no token of .* answered 500/],
  [
    '401',
    401,
    /refuses your login, so it mints no token of .* \[minter-rejected\]\. Run: docker-credential-openshift login/,
  ],
  ['nonsense', 'garbage', /minted no token of/],
  ['nothing', 'stall', /minted no token of .*\(no answer within 2 s\)/],
];

for (const [what, fault, pattern] of FAULTS) {
  test(`a cluster that answers TokenRequest with ${what} leaves the pull anonymous, and says why`, async (t) => {
    const { sandbox, machine } = await machineThatMints(t);
    sandbox.setEndpointFault('tokenrequest', fault);
    const { token, said } = await machine.answer(sandbox.registryHost);
    assert.equal(token, undefined);
    assert.match(said, pattern);
    assert.ok(said.includes(PULLER), said);
  });

  test(`a token that is still good outlives TokenRequest's answering with ${what}`, async (t) => {
    const { sandbox, machine } = await machineThatMints(t);
    const minted = await machine.answer(sandbox.registryHost);
    ageKeptToken(machine, 0.8);
    await machine.forgetAnswers();
    sandbox.setEndpointFault('tokenrequest', fault);
    const { token, said } = await machine.answer(sandbox.registryHost);
    assert.equal(token, minted.token);
    assert.match(said, /^Warning: The token could not be renewed: /);
  });
}

test('a service account that was deleted in between is named, with the command that makes it anew', async (t) => {
  const { sandbox, machine } = await machineThatMints(t);
  const first = await machine.answer(sandbox.registryHost);
  assert.equal(first.token, fingerprintOf(sandbox.mints[0]?.token ?? ''));
  const account = sandbox.cluster.serviceAccounts.get(PULLER);
  assert.ok(account !== undefined);
  removeServiceAccount(sandbox.cluster as Parameters<typeof removeServiceAccount>[0], account);
  await machine.forgetAnswers();
  const { token, said } = await machine.answer(sandbox.registryHost);
  assert.equal(token, undefined);
  const fix = `docker-credential-openshift service-account create ${PULLER} --host ${sandbox.registryHost}`;
  assert.ok(said.startsWith(`There is no service account ${PULLER} on `), said);
  assert.ok(said.endsWith(` [no-such-account]. Run: ${fix}`), said);
});

test('a login that may not mint is told the missing right', async (t) => {
  const sandbox = await runningSandbox(t);
  const kubeconfig = sandbox.kubeconfig({ token: sandbox.issueOAuthToken({ user: 'bob' }), user: 'bob' });
  const machine = machineFor(t, kubeconfig, configFor(sandbox, { serviceAccount: PULLER }));
  const { token, said } = await machine.answer(sandbox.registryHost);
  assert.equal(token, undefined);
  assert.match(said, /Role/);
  assert.match(said, /Run: oc create role .*--resource=serviceaccounts\/token --resource-name=puller/);
});
