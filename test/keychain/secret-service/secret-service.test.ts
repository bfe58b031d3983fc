import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSecretService } from '../../../src/keychain/secret-service/secret-service.ts';
import { fakeBus, type Reply } from './fake-bus.ts';

const ITEM = { host: 'r.example.com', id: '1' };
const COLLECTION = '/org/freedesktop/secrets/collection/login';
const PROMPT = '/org/freedesktop/secrets/prompt/1';
const OF_PROMPT = 'org.freedesktop.Secret.Prompt';
const OPEN: Record<string, Reply> = {
  OpenSession: ['vo', ['s', ''], '/session'],
  ReadAlias: ['o', COLLECTION],
  Get: ['v', ['b', false]],
};

test('a keyring that has a prompt for every change, and shows none, is waited for', async (t) => {
  const { env, called } = await fakeBus(
    t,
    { ...OPEN, CreateItem: ['oo', '/', PROMPT], Prompt: [''] },
    { Prompt: [PROMPT, OF_PROMPT, 'Completed', 'bv', false, ['o', '/item']] },
  );
  assert.equal(await createSecretService(env).write(ITEM, 'robot', 's'), undefined);
  assert.deepEqual(called.slice(-3), ['CreateItem', 'AddMatch', 'Prompt']);
});

test('a change that was not confirmed is no change', async (t) => {
  const { env } = await fakeBus(
    t,
    { ...OPEN, CreateItem: ['oo', '/', PROMPT], Prompt: [''] },
    { Prompt: [PROMPT, OF_PROMPT, 'Completed', 'bv', true, ['s', '']] },
  );
  assert.equal((await createSecretService(env).write(ITEM, 'robot', 's'))?.kind, 'denied');
});

test('a locked keyring is asked to open without a dialogue, and no dialogue is shown', async (t) => {
  const { env, called } = await fakeBus(t, {
    ...OPEN,
    Get: ['v', ['b', true]],
    SearchItems: ['aoao', [], ['/item']],
    Unlock: ['aoo', [], PROMPT],
    Dismiss: [''],
  });
  const keychain = createSecretService(env);
  assert.equal((await keychain.health()).kind, 'locked');
  assert.equal((await keychain.write(ITEM, 'robot', 's'))?.kind, 'locked');
  assert.equal((await keychain.remove([ITEM]))?.kind, 'locked');
  const { fault } = (await keychain.read(ITEM)) as { fault: { kind: string } };
  assert.equal(fault.kind, 'locked');
  assert.ok(!called.includes('Prompt'));
});

test('one that needs no password to be opened is opened, and read', async (t) => {
  const { env } = await fakeBus(t, {
    ...OPEN,
    SearchItems: ['aoao', [], ['/item']],
    Unlock: ['aoo', ['/item'], '/'],
    GetSecrets: [
      'a{o(oayays)}',
      [['/item', ['/session', Buffer.of(), Buffer.from('hunter2'), 'text/plain']]],
    ],
  });
  assert.deepEqual(await createSecretService(env).read(ITEM), { secret: 'hunter2' });
});

test('what answers nothing, turns us away or talks nonsense is named as that', async (t) => {
  const health = async (
    ...given: Parameters<typeof fakeBus> extends [unknown, ...infer Rest] ? Rest : never
  ) => (await createSecretService((await fakeBus(t, ...given)).env).health()).kind;
  assert.equal(await health({ OpenSession: 'nothing', ReadAlias: 'nothing' }), 'hanging');
  assert.equal(await health({}, {}, 'REJECTED EXTERNAL\r\n'), 'denied');
  assert.equal(await health({}, {}, 'OK 1\r\nnonsense that is no message at all'), 'broken');
  assert.equal(await health({}, {}, 'x'.repeat(10_000)), 'broken');
  assert.equal(await health({ ...OPEN, ReadAlias: ['o', '/'] }), 'absent');
  const unknown = { error: 'org.freedesktop.DBus.Error.ServiceUnknown' };
  assert.equal(await health({ OpenSession: unknown, ReadAlias: unknown }), 'absent');
  const denied = { error: 'org.freedesktop.DBus.Error.AccessDenied' };
  assert.equal(await health({ OpenSession: denied, ReadAlias: denied }), 'denied');
});
