import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MintOutcome } from '../../src/hosts/keep-token.ts';
import { identity, plugin, TOKEN } from '../support/identities.ts';
import { aged, HOUR, NOW } from './keep-token-machine.ts';
import { ORDER, obtainWorld, SELF_RENEWING } from './obtain-token-world.ts';

const minted: MintOutcome = { kind: 'minted', token: aged(0, 'minted') };
const rejected: MintOutcome = { kind: 'rejected' };
const due = aged(6 * HOUR, 'kept');
const soon = aged(4 * HOUR, 'kept');
const signedOut = identity({
  source: { kind: 'none', reason: { code: 'no-token', why: 'The context work is signed out' } },
});

test("the login's token mints, and the minted one is kept", async () => {
  const { obtain, bearers, machine } = obtainWorld({ outcomes: [minted] });
  const obtained = await obtain(identity(), ORDER);
  assert.deepEqual([obtained.token, bearers], ['minted', [TOKEN]]);
  assert.equal(machine.kept.get('key')?.token, 'minted');
  const again = await obtain(identity(), ORDER);
  assert.equal(again.token, 'minted');
});

test('a client certificate mints without a bearer', async () => {
  const { obtain, bearers } = obtainWorld({ outcomes: [minted] });
  await obtain(identity({ source: { kind: 'client-certificate' } }), ORDER);
  assert.deepEqual(bearers, [undefined]);
});

test('a token file and a plugin mint with the tokens that they give', async () => {
  const file = obtainWorld({ outcomes: [minted], readTokenFile: async () => 'from the file' });
  await file.obtain(identity({ source: { kind: 'token-file', path: '/t' } }), ORDER);
  assert.deepEqual(file.bearers, ['from the file']);
  const exec = obtainWorld({ outcomes: [minted], runPlugin: async () => aged(0, 'of the plugin') });
  await exec.obtain(identity({ source: { kind: 'exec', plugin: plugin() } }), ORDER);
  assert.deepEqual(exec.bearers, ['of the plugin']);
});

test('a token may renew itself only if the config says so', async () => {
  const { obtain, bearers } = obtainWorld({ kept: due, outcomes: [minted] });
  await obtain(identity(), ORDER);
  assert.deepEqual(bearers, [TOKEN]);
});

test('a self-renewing token mints the next one, without a look at the login', async () => {
  const { obtain, bearers } = obtainWorld({ kept: due, outcomes: [minted] });
  assert.equal((await obtain(signedOut, SELF_RENEWING)).token, 'minted');
  assert.deepEqual(bearers, ['kept']);
});

test('`renew` has a self-renewing token renewed from half of its life on', async () => {
  const { obtain, bearers } = obtainWorld({ kept: soon, outcomes: [minted] });
  assert.equal((await obtain(signedOut, SELF_RENEWING, true)).token, 'minted');
  assert.deepEqual(bearers, ['kept']);
});

test('a self-renewing token with less than a minute left is still asked for the next one', async () => {
  const ending = { token: 'kept', startedAtMs: NOW - HOUR, expiresAtMs: NOW + 30_000 };
  const { obtain, bearers } = obtainWorld({ kept: ending, outcomes: [minted] });
  assert.equal((await obtain(signedOut, SELF_RENEWING)).token, 'minted');
  assert.deepEqual(bearers, ['kept']);
});

test('when the kept token may not renew itself, or has ended, the login mints', async () => {
  const refused = obtainWorld({ kept: due, outcomes: [rejected, minted] });
  assert.equal((await refused.obtain(identity(), SELF_RENEWING)).token, 'minted');
  assert.deepEqual(refused.bearers, ['kept', TOKEN]);
  const ended = obtainWorld({ kept: aged(8 * HOUR, 'kept'), outcomes: [minted] });
  await ended.obtain(identity(), SELF_RENEWING);
  assert.deepEqual(ended.bearers, [TOKEN]);
  const first = obtainWorld({ outcomes: [minted] });
  await first.obtain(identity(), SELF_RENEWING);
  assert.deepEqual(first.bearers, [TOKEN]);
});

test('a kept token that is still good outlives a login that is gone', async () => {
  const { obtain } = obtainWorld({ kept: due, outcomes: [rejected] });
  const { token, complaint } = await obtain(signedOut, SELF_RENEWING);
  assert.deepEqual([token, complaint], ['kept', 'The context work is signed out']);
});

test('what had ended already when it was minted is an error that names the account and the cluster', async () => {
  const past: MintOutcome = { kind: 'minted', token: aged(9 * HOUR, 'past') };
  for (const [kept, order] of [
    [undefined, ORDER],
    [{ token: 'kept', startedAtMs: NOW - HOUR, expiresAtMs: NOW + 1 }, SELF_RENEWING],
  ] as const) {
    const { obtain, machine } = obtainWorld({ ...(kept && { kept }), outcomes: [past] });
    await assert.rejects(obtain(identity(), order), {
      code: 'minted-expired',
      message: 'api.example.com:6443 minted a token of ci/puller that had ended already',
      fix: { run: 'oc create token puller -n ci' },
    });
    assert.equal(machine.kept.get('key'), kept);
  }
});

test('a kept token that the cluster refused is not asked for the next one, and stays until there is one', async () => {
  const kept = aged(HOUR, 'refused');
  const { obtain, bearers } = obtainWorld({ kept, outcomes: [minted] });
  assert.equal((await obtain(identity(), SELF_RENEWING, false, 'refused')).token, 'minted');
  assert.deepEqual(bearers, [TOKEN]);
  const alone = obtainWorld({ kept });
  await assert.rejects(alone.obtain(signedOut, SELF_RENEWING, false, 'refused'), { code: 'no-token' });
  assert.equal(alone.machine.kept.get('key'), kept);
  assert.equal((await alone.obtain(signedOut, SELF_RENEWING)).token, 'refused');
});
