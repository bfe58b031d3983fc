import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type ExecPlugin,
  givenToken,
  type Identity,
  type ServiceAccountOrder,
} from '../../src/hosts/identity.ts';
import { tokenPorts } from '../../src/session/tokens.ts';
import { createExecPlugin } from '../support/exec-plugin.ts';
import { identity, jwt, plugin } from '../support/identities.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { connection, partialSession } from './partial-session.ts';

const MINUTE = 60_000;
const ORDER: ServiceAccountOrder = { namespace: 'ci', name: 'puller', lifeSeconds: 3600, selfRenew: false };
const run = (entry: ExecPlugin, given: Parameters<typeof partialSession>[0] = {}) =>
  tokenPorts(partialSession({ connectionOf: async () => connection('A'), ...given })).runPlugin(
    identity(),
    entry,
    10_000,
    '',
  );

test('a token file gives its text without white space', async () => {
  const session = partialSession({ readTracked: async () => ' token\n' });
  assert.equal(await tokenPorts(session).readTokenFile('/t'), 'token');
});

test('a token file that is not there, is empty or holds no token is named, and its text is not', async () => {
  const look = { run: 'ls -lL /run/token' };
  for (const [text, fault, fix] of [
    [undefined, 'is not there', { do: 'Put the token there, or correct the path.' }],
    ['\n', 'is empty', look],
    ['two words', 'holds no token', look],
    ['a\nb', 'holds no token', look],
  ] as const) {
    const session = partialSession({ readTracked: async () => text });
    await assert.rejects(tokenPorts(session).readTokenFile('/run/token'), {
      code: 'bad-token-file',
      message: `The token file /run/token ${fault}`,
      fix,
    });
  }
});

test('a plugin that always needs a terminal is not started, and the command to type is told', async () =>
  assert.rejects(run(plugin({ command: '/no/such', needsPerson: true })), {
    message: 'The exec plugin /no/such needs a person at a terminal (interactiveMode: Always)',
    fix: { run: 'docker-credential-openshift login work' },
  }));

test("the end of a plugin's token is its word, else the token's own, else ten minutes away", async (t) => {
  const token = jwt({ exp: 1_900_000_000 });
  const made = createExecPlugin(temporaryDirectory(t), { status: { token } });
  const entry = plugin({ command: made.command });
  assert.equal((await run(entry)).expiresAtMs, 1_900_000_000_000);
  await made.answer({ token, expirationTimestamp: '2030-01-01T00:00:00Z' });
  assert.equal((await run(entry)).expiresAtMs, Date.parse('2030-01-01T00:00:00Z'));
  await made.answer({ token: 'opaque' });
  const { startedAtMs, expiresAtMs } = await run(entry);
  assert.equal(expiresAtMs - startedAtMs, 10 * MINUTE);
});

test('a plugin that failed is left alone, by the timer too, and tried when a person asks', async (t) => {
  const cache = temporaryDirectory(t);
  const made = createExecPlugin(temporaryDirectory(t), { status: { token: 't' }, behaviour: 'fails' });
  const entry = plugin({ command: made.command });
  const failure = { message: `The exec plugin ${made.command} exited with 1: error: you must log in first` };
  await assert.rejects(run(entry, { cache }), { code: 'exec-plugin', ...failure });
  await made.behave('answers');
  await assert.rejects(run(entry, { cache }), {
    code: 'plugin-failed-before',
    fix: { run: 'docker-credential-openshift login work' },
    ...failure,
  });
  await assert.rejects(run(entry, { cache, eager: true }), { code: 'plugin-failed-before', ...failure });
  assert.equal((await made.calls()).length, 1);
  assert.equal((await run(entry, { cache, eager: true, byHand: true })).token, 't');
});

test('a plugin that is not installed is told with what fixes that, and tried again at once', async (t) => {
  const cache = temporaryDirectory(t);
  const entry = plugin({ command: 'no-such-plugin' });
  for (const _ of ['first', 'second']) {
    await assert.rejects(run(entry, { cache }), {
      code: 'exec-plugin-missing',
      fix: { do: 'Install it, or put it on the PATH.' },
    });
  }
});

test('what is kept is found again under its key, and nowhere without a cache', async (t) => {
  const token = { token: 't', startedAtMs: Date.now(), expiresAtMs: Date.now() + 60 * MINUTE };
  const kept = tokenPorts(partialSession({ cache: temporaryDirectory(t) }));
  await kept.keep('ab', token);
  assert.deepEqual([kept.recallKept('ab'), kept.recallKept('cd')], [token, undefined]);
  const nowhere = tokenPorts(partialSession({}));
  await nowhere.keep('ab', token);
  assert.equal(nowhere.recallKept('ab'), undefined);
});

test('the key of a token names all that it depends on', async () => {
  const keyOf = (who: Identity, order: ServiceAccountOrder | undefined, ca = 'the CA') =>
    tokenPorts(partialSession({ connectionOf: async () => connection(ca) })).keyOf(who, order);
  const keys = [
    await keyOf(identity(), ORDER),
    await keyOf(identity(), ORDER, 'another CA'),
    await keyOf(identity({ server: 'https://api.other.example.com' }), ORDER),
    await keyOf(identity({ user: 'bob' }), ORDER),
    await keyOf(identity({ source: { kind: 'exec', plugin: plugin() } }), ORDER),
    await keyOf(identity({ source: { kind: 'exec', plugin: plugin({ env: { A: 'b' } }) } }), ORDER),
    await keyOf(identity({ source: { kind: 'exec', plugin: plugin() } }), undefined),
    await keyOf(identity(), { ...ORDER, namespace: 'other' }),
    await keyOf(identity(), { ...ORDER, name: 'other' }),
    await keyOf(identity(), { ...ORDER, lifeSeconds: 600 }),
    await keyOf(identity(), { ...ORDER, selfRenew: true }),
  ];
  assert.equal(new Set(keys).size, keys.length);
  for (const key of keys) assert.match(key, /^[0-9a-f]{40}$/);
  assert.equal(await keyOf(identity({ context: 'another name' }), ORDER), keys[0]);
});

test("a key does not tell the login's token, and outlives it", async () => {
  const session = partialSession({ connectionOf: async () => connection(undefined) });
  const { keyOf } = tokenPorts(session);
  const next = identity({ source: { kind: 'token', token: givenToken('sha256~another') } });
  assert.equal(await keyOf(identity(), ORDER), await keyOf(next, ORDER));
});
