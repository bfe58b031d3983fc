import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Identity, TokenSource } from '../../src/hosts/identity.ts';
import { tokenDependsOn } from '../../src/hosts/obtain-token.ts';
import { AppError } from '../../src/hosts/reason.ts';
import { certificateOpensNothing } from '../../src/hosts/run-plugin.ts';
import { asItLies, identity, plugin, TOKEN } from '../support/identities.ts';
import { aged, HOUR } from './keep-token-machine.ts';
import { ORDER, obtainWorld } from './obtain-token-world.ts';

const from = (source: TokenSource) => identity({ source });

test("a kubeconfig's token is taken as it lies, without a look at anything else", async () =>
  assert.deepEqual(await obtainWorld().obtain(), asItLies()));

test('a token file is read anew each time', async () => {
  const texts = ['first', 'second'];
  const { obtain } = obtainWorld({
    readTokenFile: async (path) => {
      assert.equal(path, '/run/token');
      return texts.shift() ?? '';
    },
  });
  const file = from({ kind: 'token-file', path: '/run/token' });
  assert.deepEqual(await obtain(file), asItLies({ token: 'first' }));
  assert.deepEqual(await obtain(file), asItLies({ token: 'second' }));
});

test("a token file that can't be read is an error that names it", async () => {
  const { obtain } = obtainWorld({
    readTokenFile: async (path) => {
      throw new AppError({ code: 'bad-token-file', message: `The token file ${path} is empty` });
    },
  });
  await assert.rejects(obtain(from({ kind: 'token-file', path: '/t' })), { message: /\/t is empty/ });
});

test("a plugin's token is kept, and renewed like one that was minted", async () => {
  let runs = 0;
  const { obtain, machine } = obtainWorld({
    runPlugin: async (_who, { command }) => {
      runs += 1;
      assert.equal(command, 'oc');
      return aged(0, 'of the plugin');
    },
  });
  const who = from({ kind: 'exec', plugin: plugin() });
  const first = await obtain(who);
  assert.equal(first.token, 'of the plugin');
  assert.deepEqual((await obtain(who)).token, 'of the plugin');
  assert.equal(runs, 1);
  machine.nowMs += 5 * HOUR;
  assert.equal((await obtain(who)).renewSoon, true);
});

test('a plugin is given the time that is left, and the one that fails is named', async () => {
  const { obtain } = obtainWorld({
    runPlugin: async (_who, _plugin, timeoutMs) => {
      assert.equal(timeoutMs, 4500);
      throw new AppError({ code: 'exec-plugin', message: 'The exec plugin oc exited with 1' });
    },
  });
  await assert.rejects(obtain(from({ kind: 'exec', plugin: plugin() })), { code: 'exec-plugin' });
});

test('a client certificate opens no registry, and a service account is named as what can', async () => {
  await assert.rejects(obtainWorld().obtain(from({ kind: 'client-certificate' })), {
    message: 'The context work has a client certificate, which opens no registry; a service account can',
    fix: {
      do: 'Name one by docker-credential-openshift service-account create NAMESPACE/NAME --host registry.example.com, for which the certificate is enough.',
    },
  });
});

test('a context without anything says what it has instead', async () => {
  const fix = { run: 'docker-credential-openshift login work' };
  const reason = { code: 'no-token', why: 'The context work has no token: it is logged out', fix };
  const { code, why } = reason;
  await assert.rejects(obtainWorld().obtain(from({ kind: 'none', reason })), { code, message: why, fix });
});

test('no token that a person typed stands in an error', async () => {
  for (const source of [
    { kind: 'client-certificate' },
    { kind: 'none', reason: { code: 'no-token', why: 'r' } },
  ] as const) {
    const error = await obtainWorld()
      .obtain(from(source))
      .catch((reason: unknown) => reason);
    assert.ok(error instanceof AppError);
    assert.ok(!JSON.stringify([error.message, error.fix]).includes(TOKEN));
  }
});

test('who has nothing but a certificate is named by its context, and by its plugin where one gave it', () => {
  const certificate = identity({ source: { kind: 'client-certificate' } });
  const told = (who: Identity) => certificateOpensNothing(who, 'r.example.com').message.split(',')[0];
  assert.equal(told(certificate), 'The context work has a client certificate');
  assert.equal(told({ ...certificate, context: undefined }), 'Your login has a client certificate');
  const given = identity({ source: { kind: 'exec', plugin: plugin() } });
  assert.equal(told(given), 'The context work has a client certificate from its plugin oc');
});

test('a kept token depends on whoever gives it and how they are reached; of the environment`s tokens each is another`s', () => {
  const on = (who: Identity, order?: typeof ORDER) =>
    tokenDependsOn(who, order, ['by CA'], (token) => `print of ${token.length}`);
  const { server, user } = identity();
  const given = plugin();
  assert.deepEqual(on(from({ kind: 'exec', plugin: given })), [server, ['by CA'], user, given, null, null]);
  assert.deepEqual(on(identity(), ORDER), [server, ['by CA'], user, null, null, ORDER]);
  assert.deepEqual(on(identity({ context: undefined })), [
    server,
    ['by CA'],
    user,
    null,
    'print of 50',
    null,
  ]);
});
