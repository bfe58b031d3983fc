import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServiceAccountOrder } from '../../src/hosts/identity.ts';
import type { MintOutcome } from '../../src/hosts/keep-token.ts';
import { tokenInFile } from '../../src/hosts/obtain-token.ts';
import { describeError } from '../../src/hosts/reason.ts';
import { identity } from '../support/identities.ts';
import { HOST, ORDER, obtainWorld, SELF_RENEWING } from './obtain-token-world.ts';

const CLUSTER = 'api.example.com:6443';
const TOOL = 'docker-credential-openshift service-account';

/** What a person reads when the cluster answers so. */
async function told(outcome: MintOutcome, order: ServiceAccountOrder = ORDER): Promise<string> {
  const { obtain } = obtainWorld({ outcomes: [outcome] });
  const error = await obtain(identity(), order).catch((reason: unknown) => reason);
  return describeError(error);
}

test('a login that the cluster does not accept is to be made anew', async () =>
  assert.equal(
    await told({ kind: 'rejected' }),
    `${CLUSTER} refuses your login, so it mints no token of ci/puller [minter-rejected]. Run: docker-credential-openshift login work`,
  ));

test('a missing right is told of the minter, as the cluster names it', async () =>
  assert.equal(
    await told({ kind: 'forbidden', who: 'system:serviceaccount:ci:builder' }),
    'system:serviceaccount:ci:builder may not mint for ci/puller [minter-forbidden]. Run: oc create role',
  ));

test("where the cluster does not name the minter, the kubeconfig's user entry does", async () =>
  assert.match(await told({ kind: 'forbidden', who: undefined }), /^alice may not mint/));

test('an account that is not there is to be made', async () =>
  assert.equal(
    await told({ kind: 'no-such-account' }),
    `There is no service account ci/puller on ${CLUSTER} [no-such-account]. Run: ${TOOL} create ci/puller --host ${HOST}`,
  ));

test('a machine whose Secret is gone was signed out, and can be signed in again', async () =>
  assert.equal(
    await told({ kind: 'no-such-secret' }, SELF_RENEWING),
    `The Secret in ci that this machine's tokens of puller are tied to is gone: the machine was signed out of ${CLUSTER} [machine-signed-out]. Run: ${TOOL} create ci/puller --host ${HOST} --self-renew`,
  ));

test('a cluster that is away is named with the reason, and how to ask it again', async () =>
  assert.equal(
    await told({ kind: 'unavailable', detail: 'connection refused' }),
    `${CLUSTER} minted no token of ci/puller (connection refused) [not-minted]. Run: docker-credential-openshift renew ${HOST}`,
  ));

test('a cluster that asked to be left alone is waited for', async () =>
  assert.equal(
    await told({ kind: 'unavailable', detail: 'busy until 12:00', isBusy: true }),
    `${CLUSTER} minted no token of ci/puller (busy until 12:00) [cluster-busy]. Wait until then: the next pull gets a token.`,
  ));

test("a cluster of OpenShift CI is called by CI's name for it", async () => {
  const appCi = identity({ server: 'https://api.ci.l2s4.p1.openshiftapps.com:6443' });
  const { obtain } = obtainWorld({ outcomes: [{ kind: 'no-such-account' }] });
  await assert.rejects(obtain(appCi, ORDER), {
    message: 'There is no service account ci/puller on app.ci',
  });
});

test('a token file that is not there is to be put there; what is wrong in one is to be looked at', () => {
  assert.equal(tokenInFile('/t', ' token\n'), 'token');
  const absent = { do: 'Put the token there, or correct the path.' };
  for (const [text, fix] of [
    [undefined, absent],
    ['', { run: 'ls -lL /t' }],
    ['two words', { run: 'ls -lL /t' }],
  ] as const)
    assert.throws(() => tokenInFile('/t', text), { code: 'bad-token-file', fix }, text);
});
