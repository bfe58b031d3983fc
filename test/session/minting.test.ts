import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { givenToken, type ServiceAccountOrder } from '../../src/hosts/identity.ts';
import type { MintOutcome } from '../../src/hosts/keep-token.ts';
import { tokenPorts } from '../../src/session/tokens.ts';
import type { SandboxOptions } from '../sandbox/sandbox-options.ts';
import { accessTo } from '../support/access-to.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { partialSession } from './partial-session.ts';

const ORDER: ServiceAccountOrder = {
  namespace: 'alice-ns',
  name: 'puller',
  lifeSeconds: 3600,
  selfRenew: false,
};

async function cluster(t: TestContext, options: SandboxOptions = {}) {
  const sandbox = await runningSandbox(t, options);
  const { access, who } = accessTo(sandbox);
  const { mint } = tokenPorts(partialSession({ access }));
  return {
    sandbox,
    mint: (bearer: string, order = ORDER, timeoutMs = 4000) =>
      mint(sandbox.registryHost, who, givenToken(bearer), order, timeoutMs),
  };
}
const endOf = (outcome: MintOutcome) =>
  outcome.kind === 'minted' ? outcome.token.expiresAtMs : assert.fail(outcome.kind);

test('a token is minted with the life that was ordered', async (t) => {
  const { sandbox, mint } = await cluster(t);
  const outcome = await mint(sandbox.issueOAuthToken({ user: 'alice' }));
  assert.ok(Math.abs(endOf(outcome) - Date.now() - 3_600_000) < 60_000);
});

test('what renews itself is tied to the Secret of this machine', async (t) => {
  const { sandbox, mint } = await cluster(t);
  const alice = sandbox.issueOAuthToken({ user: 'alice' });
  assert.deepEqual(await mint(alice, { ...ORDER, selfRenew: true }), { kind: 'no-such-secret' });
  const [request] = await sandbox.received('tokenrequest');
  assert.match(String(request?.body), /"boundObjectRef":\{[^}]*"name":"docker-credential-openshift-/);
});

test('a cluster without TokenRequest gives the token that lies in a secret, which has no end', async (t) => {
  const { sandbox, mint } = await cluster(t, { mode: 'okd-3.11', accountSecrets: 'token-and-dockercfg' });
  sandbox.issueServiceAccountToken({ namespace: 'alice-ns', name: 'puller' });
  assert.equal(endOf(await mint(sandbox.issueOpaqueToken('alice'))), Number.POSITIVE_INFINITY);
});

test('a cluster without TokenRequest and without such a secret says both', async (t) => {
  const { sandbox, mint } = await cluster(t, { mode: 'okd-3.11', accountSecrets: 'none' });
  sandbox.issueServiceAccountToken({ namespace: 'alice-ns', name: 'puller' });
  assert.deepEqual(await mint(sandbox.issueOpaqueToken('alice')), {
    kind: 'unavailable',
    detail: 'it has no TokenRequest, and no secret of the account holds a token',
  });
});

test('minting takes no longer than it is given', async (t) => {
  const { sandbox, mint } = await cluster(t);
  const alice = sandbox.issueOAuthToken({ user: 'alice' });
  sandbox.setEndpointFault('tokenrequest', 'stall');
  const outcome = await mint(alice, ORDER, 200);
  assert.equal(outcome.kind, 'unavailable');
  assert.match(outcome.kind === 'unavailable' ? outcome.detail : '', /^no answer within 0\.\d+ s$/);
  sandbox.setEndpointFault('tokenrequest', null);
  assert.equal((await mint(alice)).kind, 'minted');
});

test("a cluster that can't be reached is told as that", async (t) => {
  const { sandbox, mint } = await cluster(t);
  await sandbox.close('api');
  assert.deepEqual(await mint('t'), { kind: 'unavailable', detail: 'connection refused' });
});
