import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { withLock } from '../../../src/files/lock.ts';
import type { KeychainFault } from '../../../src/hosts/secret-store.ts';
import type { Keychain } from '../../../src/keychain/keychain.ts';
import { createSecretStore } from '../../../src/keychain/login-store.ts';
import { openKeychain } from '../../../src/keychain/open-keychain.ts';
import { createSecretService as createWith } from '../../../src/keychain/secret-service/secret-service.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { fakeBus, type Reply } from './fake-bus.ts';

/** One process alone. */
const createSecretService = (env: Parameters<typeof createWith>[0]) =>
  createWith(env, (_waitMs, action) => action());
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

test('what changes or unlocks something does so in one turn, and what only reads an open keyring waits for none', async (t) => {
  const turns: string[][] = [];
  const seen = async (replies: Parameters<typeof fakeBus>[1], doing: (it: Keychain) => Promise<unknown>) => {
    const { env, called } = await fakeBus(t, replies);
    turns.length = 0;
    const keychain = createWith(env, async (_waitMs, action) => {
      const from = called.length;
      const result = await action();
      turns.push(called.slice(from));
      return result;
    });
    await doing(keychain);
    return turns;
  };
  const replies = { ...OPEN, CreateItem: ['oo', OWN, '/'], Delete: ['o', '/'], ...holding('s') } as const;
  assert.deepEqual(await seen(replies, (it) => it.read(ITEM)), []);
  const [written, ...others] = await seen(replies, (it) => it.write(ITEM, 'robot', 's'));
  assert.deepEqual([written?.[0], written?.at(-1), others], ['Hello', 'GetSecrets', []]);
  const [removed, ...more] = await seen(replies, (it) => it.remove([ITEM]));
  assert.deepEqual([removed?.[0], removed?.at(-1), more], ['Hello', 'Delete', []]);
  const [unlocked, ...further] = await seen(LOCKED, (it) => it.read(ITEM));
  assert.deepEqual([unlocked?.[0], unlocked?.at(-1), further], ['Unlock', 'Dismiss', []]);
  // Within the turn for the change: one that waited for another would wait for itself.
  assert.equal((await seen(LOCKED, (it) => it.write(ITEM, 'robot', 's'))).length, 1);
});

test("a turn is a lock of the person's own processes, and who gets none goes on without", async (t) => {
  const base = temporaryDirectory(t);
  const lock = `${base}/docker-credential-openshift/locks/keyring`;
  const isHeld: boolean[] = [];
  const { env } = await fakeBus(t, {
    ...OPEN,
    ...holding('s'),
    SearchItems: () => {
      isHeld.push(existsSync(`${lock}.lock`));
      return ['aoao', [OWN], []];
    },
    CreateItem: () => {
      isHeld.push(existsSync(`${lock}.lock`));
      return ['oo', OWN, '/'];
    },
  });
  const uid = process.geteuid?.();
  const here = { platform: 'linux', env: { ...env, XDG_STATE_HOME: base }, uid } as const;
  const keychain = await openKeychain(here);
  assert.equal(await keychain.write(ITEM, 'robot', 's'), undefined);
  assert.deepEqual(await keychain.read(ITEM), { secret: 's' });
  assert.deepEqual(isHeld, [true, true, false]);
  assert.equal(existsSync(`${lock}.lock`), false);
  // Another has the turn all the time.
  await withLock(lock, 0, uid, async () => {
    assert.equal(await keychain.write(ITEM, 'robot', 's'), undefined);
    assert.equal(existsSync(`${lock}.lock`), true);
  });
});

test('a keyring that ends in the middle of a store is named, and the login before it is still there', async (t) => {
  const { env } = await fakeBus(t, {
    ...OPEN,
    ...holding('first'),
    CreateItem: (time) => (time === 1 ? ['oo', OWN, '/'] : { error: 'org.freedesktop.DBus.Error.NoReply' }),
  });
  const store = createSecretStore({
    state: `${temporaryDirectory(t)}/docker-credential-openshift`,
    stateLasts: true,
    uid: process.geteuid?.(),
    keychain: async () => createSecretService(env),
    place: async () => 'keychain',
    configFile: null,
    now: () => ({ wallMs: 1_700_000_000_000, uptimeMs: null }),
    remainingMs: () => 120_000,
  });
  const { host } = ITEM;
  const login = { host, serverUrl: host, username: 'robot', expiresAtMs: undefined, boundTo: undefined };
  await store.keep(login, 'first');
  const before = store.find(host);
  assert.ok(before !== undefined);
  await assert.rejects(store.keep({ ...login, username: 'person' }, 'second'), {
    code: 'keychain-broken',
    message: `The login for ${host} was not kept: the keyring ended while it was asked`,
  });
  assert.deepEqual(store.find(host), before);
  assert.deepEqual(await store.read(before), { secret: 'first' });
});
