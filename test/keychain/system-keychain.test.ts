import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSystemKeychain, WINDOWS_LARGEST_ENTRY } from '../../src/keychain/system-keychain.ts';
import fc from '../support/properties.ts';

const ITEM = { host: 'r.example.com', id: '1' };
const never = () => new Promise<never>(() => {});

/** A keychain in memory, whose entries hold no more than they may. */
function keychain(largestEntry: number | undefined) {
  const entries = new Map<string, Uint8Array>();
  const openEntry = async (service: string, account: string) => {
    const name = `${service}/${account}`;
    return {
      setSecret: async (secret: Uint8Array) => {
        assert.ok(secret.length <= (largestEntry ?? Number.POSITIVE_INFINITY));
        entries.set(name, secret);
      },
      getSecret: async () => entries.get(name) ?? null,
      deleteCredential: async () => entries.delete(name),
    };
  };
  const listAccounts = async (service: string) =>
    [...entries.keys()]
      .filter((name) => name.startsWith(`${service}/`))
      .map((name) => name.slice(service.length + 1));
  return { entries, keychain: createSystemKeychain({ openEntry, listAccounts, largestEntry }, never) };
}

/** What is said where every call ends like this. */
async function faultOf(error: Error) {
  const openEntry = async () => {
    throw error;
  };
  const listAccounts = openEntry;
  const failing = createSystemKeychain({ openEntry, listAccounts, largestEntry: undefined }, never);
  const health = await failing.health();
  assert.deepEqual(await failing.read(ITEM), { fault: health });
  assert.deepEqual(await failing.write(ITEM, 'u', 's'), health);
  assert.deepEqual(await failing.remove([ITEM]), health);
  for (const ids of [['1'], undefined])
    assert.deepEqual(await failing.removeAll('r.example.com', ids), health);
  return health;
}

test('a secret of any length comes back whole from a keychain with small entries, and leaves nothing behind', () =>
  fc.assert(
    fc.asyncProperty(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }),
      fc.integer({ min: 2, max: 40 }),
      async (secret, largest) => {
        const { entries, keychain: it } = keychain(largest);
        assert.equal(await it.write(ITEM, 'u', secret), undefined);
        assert.deepEqual(await it.read(ITEM), { secret });
        assert.equal(await it.remove([ITEM]), undefined);
        assert.equal(entries.size, 0);
        assert.deepEqual(await it.read(ITEM), { fault: 'gone' });
      },
    ),
  ));

test('a token of 11 KB takes five of the entries that Windows has', async () => {
  const { entries, keychain: it } = keychain(WINDOWS_LARGEST_ENTRY);
  const secret = 'x'.repeat(11_000);
  await it.write(ITEM, 'u', secret);
  assert.equal(entries.size, 5);
  assert.deepEqual(await it.read(ITEM), { secret });
});

test('a part that someone removed is no shorter secret, but none', async () => {
  const { entries, keychain: it } = keychain(20);
  await it.write(ITEM, 'u', 'x'.repeat(50));
  entries.delete('docker-credential-openshift/r.example.com 1 2');
  assert.deepEqual(await it.read(ITEM), { fault: 'gone' });
});

test('where entries may be as long as one likes, one holds the secret and nothing besides', async () => {
  const { entries, keychain: it } = keychain(undefined);
  await it.write(ITEM, 'u', 'hunter2');
  assert.deepEqual(
    [...entries].map(([name, bytes]) => [name, Buffer.from(bytes).toString()]),
    [['docker-credential-openshift/r.example.com 1', 'hunter2']],
  );
  assert.deepEqual(await it.health(), { kind: 'ok' });
});

test("what the system says is told in a word of its own, and a secret in it isn't", async () => {
  const kinds: [string, string][] = [
    ['User interaction is not allowed. (-25308)', 'locked'],
    ['The user name or passphrase you entered is not correct. (-25293)', 'denied'],
    ['User canceled the operation. (-128)', 'denied'],
    ['A default keychain could not be found. (-25307)', 'absent'],
    ['Something else', 'broken'],
  ];
  for (const [message, kind] of kinds) assert.equal((await faultOf(new Error(message))).kind, kind, message);
  const fault = await faultOf(new Error(`no ${`sha256~${'k'.repeat(43)}`}`));
  assert.ok(!JSON.stringify(fault).includes('kkkk'));
});

test("a temporary directory that the library can't be loaded from is named, with what to set", async () => {
  for (const message of [
    // What the system's loader says, and what the library makes of it: seen on `noexec` and read-only directories.
    '/tmp/.bun-1.node: failed to map segment from shared object',
    'Cannot find native binding. npm has a bug related to optional dependencies (https://github.com/npm/cli/issues/4828).',
  ]) {
    assert.deepEqual(await faultOf(new Error(message)), {
      kind: 'broken',
      message: "the keychain's library can't be loaded",
      fix: { do: 'Set TMPDIR (on Windows: TEMP) to a directory that can be written, and executed from.' },
    });
  }
});

test('a keychain that hangs is named, and waited for no longer', async () => {
  const hanging = createSystemKeychain(
    { openEntry: never, listAccounts: never, largestEntry: undefined },
    async () => {},
  );
  assert.equal((await hanging.health()).kind, 'hanging');
  const { fault } = (await hanging.read(ITEM)) as { fault: { kind: string } };
  assert.equal(fault.kind, 'hanging');
});

test("all items of a host are removed, whatever was noted of them, and nobody else's", async () => {
  for (const ids of [['1', '2'], undefined]) {
    const { entries, keychain: it } = keychain(4);
    for (const id of ['1', '2']) await it.write({ ...ITEM, id }, 'u', 'a long secret');
    await it.write({ host: 'r.example.com.other', id: '1' }, 'u', 's');
    assert.equal(await it.removeAll(ITEM.host, ids), undefined);
    assert.equal(entries.size, 1);
  }
  const { keychain: it } = keychain(4);
  for (const id of ['1', '2']) await it.write({ ...ITEM, id }, 'u', `secret ${id}`);
  assert.equal(await it.removeAll(ITEM.host, undefined, '2'), undefined);
  assert.deepEqual(await it.read(ITEM), { fault: 'gone' });
  assert.deepEqual(await it.read({ ...ITEM, id: '2' }), { secret: 'secret 2' });
});
