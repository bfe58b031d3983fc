import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KeychainFault } from '../../../src/hosts/secret-store.ts';
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

const OWN = `${COLLECTION}/1`;
const ENDS_IN_PROMPT: Record<string, Reply> = { Unlock: ['aoo', [], PROMPT], Dismiss: [''], Prompt: [''] };
const LOCKED: Record<string, Reply> = { ...OPEN, Get: ['v', ['b', true]], ...ENDS_IN_PROMPT };
/** An item of the default collection, and what is in it. */
const holding = (secret: string): Record<string, Reply> => ({
  SearchItems: ['aoao', [OWN], []],
  GetSecrets: ['a{o(oayays)}', [[OWN, ['/session', Buffer.of(), Buffer.from(secret), 'text/plain']]]],
});
const COMPLETED = { Prompt: [PROMPT, OF_PROMPT, 'Completed', 'bv', false, ['s', '']] } as const;

test('a keyring that has a prompt for every change, and shows none, is waited for', async (t) => {
  const { env, called } = await fakeBus(
    t,
    { ...OPEN, CreateItem: ['oo', '/', PROMPT], Prompt: [''], ...holding('s') },
    { Prompt: [PROMPT, OF_PROMPT, 'Completed', 'bv', false, ['o', OWN]] },
  );
  assert.equal(await createSecretService(env).write(ITEM, 'robot', 's'), undefined);
  assert.deepEqual(called.slice(4, 7), ['CreateItem', 'AddMatch', 'Prompt']);
  // Another connection sees whether it can be read.
  assert.deepEqual([called[7], called.at(-1)], ['Hello', 'GetSecrets']);
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

test('KWallet says locked of a wallet that is open until its prompt was gone through, which shows nothing', async (t) => {
  const wallet = {
    ...LOCKED,
    ...holding('hunter2'),
    GetNameOwner: ['s', ':1.7'],
    isOpen: ['b', true],
  } as const;
  const { env, called } = await fakeBus(t, wallet, COMPLETED);
  assert.deepEqual(await createSecretService(env).read(ITEM), { secret: 'hunter2' });
  assert.ok(called.indexOf('isOpen') < called.indexOf('Prompt'));
  assert.ok(called.indexOf('Prompt') < called.indexOf('SearchItems'));
});

test('a prompt is gone through for an open wallet only, and left where it does not complete at once', async (t) => {
  const wallet = { ...LOCKED, GetNameOwner: ['s', ':1.7'], isOpen: ['b', false] } as const;
  const kwalletIsElsewhere = (time: number): Reply =>
    time === 1
      ? ['s', ':1.7']
      : time === 2
        ? ['s', ':1.8']
        : { error: 'org.freedesktop.DBus.Error.NameHasNoOwner' };
  for (const replies of [wallet, { ...wallet, GetNameOwner: kwalletIsElsewhere }]) {
    const { env, called } = await fakeBus(t, replies, COMPLETED);
    assert.equal((await createSecretService(env).health()).kind, 'locked');
    assert.ok(!called.includes('Prompt'));
  }
  const { env, called } = await fakeBus(t, { ...wallet, isOpen: ['b', true] });
  assert.equal((await createSecretService(env).health()).kind, 'locked');
  assert.deepEqual(called.slice(-2), ['Prompt', 'Dismiss']);
});

test('nothing is searched for in a locked keyring: KeePassXC would show a dialogue', async (t) => {
  const { env, called } = await fakeBus(t, { ...LOCKED, SearchItems: 'nothing' });
  const keychain = createSecretService(env);
  const { fault } = (await keychain.read(ITEM)) as { fault: { kind: string } };
  assert.equal(fault.kind, 'locked');
  assert.equal((await keychain.remove([ITEM]))?.kind, 'locked');
  assert.equal((await keychain.removeAll(ITEM.host, undefined))?.kind, 'locked');
  assert.ok(!called.includes('SearchItems'));
});

test('an item that is locked in an open keyring is told with the setting, and what was stored so is no success', async (t) => {
  const asking = { ...OPEN, ...ENDS_IN_PROMPT, CreateItem: ['oo', OWN, '/'] } as const;
  const { env, called } = await fakeBus(t, { ...asking, SearchItems: ['aoao', [], [OWN]] });
  const keychain = createSecretService(env);
  const { fault } = (await keychain.read(ITEM)) as { fault: KeychainFault };
  assert.equal(fault.kind, 'denied');
  assert.match(JSON.stringify(fault.fix), /Confirm when passwords are retrieved by clients/);
  assert.deepEqual(await keychain.write(ITEM, 'robot', 's'), { ...fault, isLeft: true });
  assert.ok(!called.includes('Prompt'));
  // In another collection than the default one it is that which is locked.
  const elsewhere = await fakeBus(t, { ...asking, SearchItems: ['aoao', [], ['/elsewhere/1']] });
  const other = (await createSecretService(elsewhere.env).read(ITEM)) as { fault: KeychainFault };
  assert.equal(other.fault.kind, 'locked');
});

test('what is not there as it was stored is no success, and is removed', async (t) => {
  const replies = { ...OPEN, CreateItem: ['oo', OWN, '/'], Delete: ['o', '/'], ...holding('other') } as const;
  const { env, called } = await fakeBus(t, replies);
  const fault = await createSecretService(env).write(ITEM, 'robot', 's');
  assert.deepEqual([fault?.kind, fault?.isLeft, called.at(-1)], ['broken', undefined, 'Delete']);
});

test("an item that went away in the middle is gone, in KWallet's words too; one that stays is a fault", async (t) => {
  const invalid = { error: 'org.freedesktop.DBus.Error.InvalidArgs' };
  const goes = (time: number): Reply => ['aoao', time % 2 === 1 ? [OWN] : [], []];
  const replies = { ...OPEN, GetSecrets: invalid, Delete: invalid };
  const gone = createSecretService((await fakeBus(t, { ...replies, SearchItems: goes })).env);
  assert.deepEqual(await gone.read(ITEM), { fault: 'gone' });
  assert.equal(await gone.remove([ITEM]), undefined);
  const stays = createSecretService((await fakeBus(t, { ...replies, SearchItems: ['aoao', [OWN], []] })).env);
  const { fault } = (await stays.read(ITEM)) as { fault: KeychainFault };
  assert.equal(fault.kind, 'broken');
  assert.equal((await stays.remove([ITEM]))?.kind, 'broken');
});

test('a keyring that ends while it is asked is told as that', async (t) => {
  const { env } = await fakeBus(t, { ...OPEN, SearchItems: { error: 'org.freedesktop.DBus.Error.NoReply' } });
  const { fault } = (await createSecretService(env).read(ITEM)) as { fault: KeychainFault };
  assert.deepEqual([fault.kind, fault.message], ['broken', 'the keyring ended while it was asked']);
});
