import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type AppError, describeError } from '../../src/hosts/reason.ts';
import type { KeychainFault, SecretPlace } from '../../src/hosts/secret-store.ts';
import { storedLoginFile } from '../../src/keychain/login-records.ts';
import { createSecretStore } from '../../src/keychain/login-store.ts';
import { unexpected } from '../support/identities.ts';
import fc from '../support/properties.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { Killed, memoryKeychain } from './memory-keychain.ts';

const HOST = 'r.example.com';
const LOCKED: KeychainFault = { kind: 'locked', message: 'the keyring is locked', fix: { do: 'Unlock it.' } };
const login = (username = 'robot', host = HOST) => ({
  host,
  serverUrl: host,
  username,
  expiresAtMs: undefined,
  boundTo: undefined,
});

function storeIn(
  state: string,
  place: SecretPlace = 'keychain',
  keychain = memoryKeychain(),
  stateLasts = true,
) {
  const store = createSecretStore({
    state,
    stateLasts,
    uid: process.geteuid?.(),
    keychain: async () => keychain,
    place: async () => place,
    configFile: '/home/alice/config.yaml',
    now: () => ({ wallMs: 1_700_000_000_000, uptimeMs: null }),
    // Nobody's deadline is held here: whoever waits has as long as the machine takes.
    remainingMs: () => 120_000,
  });
  const secretOf = async (host = HOST) => {
    const found = store.find(host);
    if (found === undefined) return undefined;
    const reading = await store.read(found);
    return 'secret' in reading ? `${found.username}:${reading.secret}` : reading.fault;
  };
  return { store, keychain, secretOf };
}
const stateOf = (t: TestContext) => `${temporaryDirectory(t)}/docker-credential-openshift`;
const failureOf = (doing: Promise<unknown>): Promise<AppError> =>
  doing.then(unexpected('success'), (error) => error);

test('what is kept in the keychain is found without it, and no secret is in our own file', async (t) => {
  const state = stateOf(t);
  const { store, keychain, secretOf } = storeIn(state);
  assert.equal(store.find(HOST), undefined);
  await store.keep({ ...login(), serverUrl: `https://${HOST}/v1/`, expiresAtMs: 5 }, 'hunter2');
  assert.equal(await secretOf(), 'robot:hunter2');
  assert.equal(keychain.items.size, 1);
  const file = storedLoginFile(state, HOST);
  assert.ok(!readFileSync(file, 'utf8').includes('hunter2'));
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const { id: _, ...known } = store.list()[0] ?? { id: '' };
  assert.deepEqual(known, {
    host: HOST,
    serverUrl: `https://${HOST}/v1/`,
    username: 'robot',
    where: 'keychain',
    boundTo: undefined,
    expiresAtMs: 5,
  });
});

test('another login takes the place of the first, of which nothing is left', async (t) => {
  const { store, keychain, secretOf } = storeIn(stateOf(t));
  await store.keep(login('a'), '1');
  await store.keep(login('b'), '2');
  assert.equal(await secretOf(), 'b:2');
  assert.equal(keychain.items.size, 1);
});

test('what is erased is gone everywhere, once', async (t) => {
  const state = stateOf(t);
  for (const place of ['keychain', 'file'] as const) {
    const { store, keychain, secretOf } = storeIn(state, place);
    await store.keep(login(), 'x');
    assert.equal(await store.erase(HOST), place);
    assert.deepEqual([await secretOf(), keychain.items.size, store.list()], [undefined, 0, []]);
    assert.deepEqual(readdirSync(`${state}/stored`), []);
    assert.equal(await store.erase(HOST), undefined);
  }
});

test('a host that nothing is stored for needs no keychain, no lock and no directory', async (t) => {
  const state = stateOf(t);
  const { store, keychain } = storeIn(state);
  keychain.read = keychain.remove = unexpected('the keychain');
  assert.equal(await store.erase(HOST), undefined);
  assert.equal(existsSync(state), false);
});

test("a keychain that can't be used keeps nothing, and the error says why and how to choose files", async (t) => {
  const state = stateOf(t);
  const { store, keychain, secretOf } = storeIn(state);
  keychain.fault = LOCKED;
  const error = await failureOf(store.keep(login(), 'x'));
  assert.equal(error.code, 'keychain-locked');
  assert.equal(
    describeError(error),
    `The login for ${HOST} was not kept: the keyring is locked [keychain-locked]. Unlock it. Or keep secrets in private files: ` +
      'put the line `secrets: file` into /home/alice/config.yaml, or set DOCKER_CREDENTIAL_OPENSHIFT_SECRETS=file',
  );
  assert.deepEqual(readdirSync(`${state}/stored`), []);
  keychain.fault = undefined;
  await store.keep(login('a'), '1');
  keychain.fault = LOCKED;
  await failureOf(store.keep(login('b'), '2'));
  keychain.fault = undefined;
  assert.equal(await secretOf(), 'a:1');
});

test("what a keychain took, can't be read again and stays there is not kept, and is known of until it is gone", async (t) => {
  const { store, keychain, secretOf } = storeIn(stateOf(t));
  const { write } = keychain;
  keychain.write = async (...words) => {
    await write(...words);
    return { ...LOCKED, kind: 'denied', isLeft: true };
  };
  assert.equal((await failureOf(store.keep(login(), '1'))).code, 'keychain-denied');
  assert.deepEqual([keychain.items.size, await secretOf(), store.leftOver()], [1, undefined, [HOST]]);
  assert.equal(await store.erase(HOST), 'keychain');
  assert.deepEqual([keychain.items.size, store.leftOver()], [0, []]);
});

test("what can't be taken out of a locked keychain is answered no more, and goes with the next change", async (t) => {
  const { store, keychain, secretOf } = storeIn(stateOf(t));
  await store.keep(login('a'), '1');
  keychain.fault = LOCKED;
  assert.match(describeError(await failureOf(store.erase(HOST))), /answered no more, but it stays .* locked/);
  assert.deepEqual([await secretOf(), store.list(), store.leftOver()], [undefined, [], [HOST]]);
  assert.match(describeError(await failureOf(store.erase(HOST))), /it stays in the keychain/);
  keychain.fault = undefined;
  await store.keep(login('b'), '2');
  assert.equal(keychain.items.size, 1);
  assert.equal(await secretOf(), 'b:2');
});

test('what stays in a locked keychain is noted until it is gone from there', async (t) => {
  const { store, keychain } = storeIn(stateOf(t));
  await store.keep(login(), '1');
  keychain.fault = LOCKED;
  for (const _ of 'twice') assert.equal((await failureOf(store.erase(HOST))).code, 'left-in-keychain');
  keychain.fault = undefined;
  assert.equal(await store.erase(HOST), 'keychain');
  assert.deepEqual([keychain.items.size, store.leftOver()], [0, []]);
});

const open = (path: string) => chmodSync(path, 0o640);
const closed = (path: string) => chmodSync(path, 0o200);
const emptied = (path: string) => truncateSync(path);
const broken = (path: string) => writeFileSync(path, '{"format":1');

test('what others may read, or nobody can, is not answered, and it is told why and what fixes it', async (t) => {
  const cases: [(path: string) => void, (path: string) => string][] = [
    [open, (path) => `${path} is open to others [stored-login-unusable]. Run: chmod 600 ${path}`],
    [
      emptied,
      (path) => `${path} is damaged [stored-login-unusable]. Run: docker-credential-openshift logout ${HOST}`,
    ],
    [
      broken,
      (path) => `${path} is damaged [stored-login-unusable]. Run: docker-credential-openshift logout ${HOST}`,
    ],
    [
      (path) => chmodSync(dirname(path), 0o755),
      (path) => `${dirname(path)} is open to others [stored-login-unusable]. Run: chmod 700 ${dirname(path)}`,
    ],
    [
      (path) => chmodSync(dirname(dirname(path)), 0o777),
      (path) =>
        `${dirname(dirname(path))} is open to others [stored-login-unusable]. Run: chmod 700 ${dirname(dirname(path))}`,
    ],
  ];
  for (const [spoil, said] of cases) {
    const state = stateOf(t);
    const { store } = storeIn(state, 'file');
    assert.equal(await store.whyUnusable(HOST), undefined);
    await store.keep(login(), 'hunter2');
    assert.deepEqual([await store.whyUnusable(HOST), await store.unusable()], [undefined, []]);
    const id = store.find(HOST)?.id ?? '';
    const file = storedLoginFile(state, HOST);
    spoil(file);
    assert.deepEqual([store.find(HOST), store.list()], [undefined, []]);
    assert.deepEqual(await store.read({ host: HOST, id, where: 'file' }), { fault: 'gone' });
    const why = `The login stored for ${HOST} is not used: ${said(file)}`;
    assert.equal(describeError(await store.whyUnusable(HOST)), why);
    assert.deepEqual(
      (await store.unusable()).map((it) => [it.host, describeError(it.why)]),
      [[HOST, why]],
    );
  }
});

test('what does not count is erased all the same, from the keychain, too', async (t) => {
  for (const place of ['file', 'keychain'] as const) {
    for (const spoil of [open, closed, emptied, broken]) {
      const state = stateOf(t);
      const { store, keychain } = storeIn(state, place);
      await store.keep(login('other', 'other.example.com'), '1');
      await store.keep(login(), 'hunter2');
      spoil(storedLoginFile(state, HOST));
      assert.notEqual(await store.erase(HOST), undefined);
      assert.deepEqual([existsSync(storedLoginFile(state, HOST)), await store.unusable()], [false, []]);
      assert.equal(keychain.items.size, place === 'keychain' ? 1 : 0);
    }
  }
});

test('a secret that a killed writer left beside a record goes with the next login, and with what erases it', async (t) => {
  const state = stateOf(t);
  const { store } = storeIn(state, 'file');
  const leave = () => writeFileSync(`${storedLoginFile(state, HOST)}.0123456789ab.tmp`, 'hunter2');
  const names = () => readdirSync(`${state}/stored`);
  const others = `${encodeURIComponent(`${HOST}.json`)}.json.0123456789ab.tmp`;
  await store.keep(login(), 'hunter2');
  writeFileSync(`${state}/stored/${others}`, 'of another host, which may be about to be kept');
  leave();
  await store.keep(login(), '2');
  assert.deepEqual(names(), [`${HOST}.json`, others]);
  leave();
  assert.equal(await store.erase(HOST), 'file');
  assert.deepEqual(names(), [others]);
  leave();
  assert.equal(await store.erase(HOST), undefined);
  assert.deepEqual(names(), [others]);
});

test('a directory where a login is to lie is named, with what removes it', async (t) => {
  const state = stateOf(t);
  const { store } = storeIn(state, 'file');
  const file = storedLoginFile(state, HOST);
  mkdirSync(file, { recursive: true, mode: 0o700 });
  assert.equal(
    describeError(await failureOf(store.keep(login(), 'x'))),
    `${file} can't be written: it is a directory [not-written]. Run: rmdir ${file}`,
  );
  assert.equal(
    describeError(await store.whyUnusable(HOST)),
    `The login stored for ${HOST} is not used: ${file} is a directory [stored-login-unusable]. Run: rmdir ${file}`,
  );
});

test('the longest name that a host may have is kept, found, listed and erased as any other', async (t) => {
  const state = stateOf(t);
  const label = 'a'.repeat(63);
  const longest = (last: string) => `${label}.${label}.${label}.${'b'.repeat(58)}${last}:65535`;
  const { store, secretOf } = storeIn(state, 'file');
  for (const [host, secret] of [
    [longest('cc'), '1'],
    [longest('dd'), '2'],
  ] as const)
    await store.keep(login('robot', host), secret);
  assert.equal(longest('cc').length, 258);
  assert.deepEqual(await Promise.all([longest('cc'), longest('dd')].map(secretOf)), ['robot:1', 'robot:2']);
  assert.deepEqual(
    store
      .list()
      .map(({ host }) => host)
      .sort(),
    [longest('cc'), longest('dd')],
  );
  assert.equal(await store.erase(longest('cc')), 'file');
  assert.deepEqual(
    store.list().map(({ host }) => host),
    [longest('dd')],
  );
});

test('a directory that is open to others keeps no secret from being erased', async (t) => {
  const state = stateOf(t);
  const { store, keychain } = storeIn(state);
  await store.keep(login(), 'hunter2');
  chmodSync(`${state}/stored`, 0o777);
  assert.equal(await store.erase(HOST), 'file');
  assert.deepEqual([readdirSync(`${state}/stored`), keychain.items.size], [[], 0]);
});

test('of a damaged note what is in a locked keychain is found once it is open', async (t) => {
  const state = stateOf(t);
  const { store, keychain } = storeIn(state);
  await store.keep(login(), 'hunter2');
  emptied(storedLoginFile(state, HOST));
  keychain.fault = LOCKED;
  for (const _ of 'twice') assert.equal((await failureOf(store.erase(HOST))).code, 'left-in-keychain');
  keychain.fault = undefined;
  assert.equal(await store.erase(HOST), 'file');
  assert.equal(keychain.items.size, 0);
});

test('a damaged note in private files needs no keychain where there is none', async (t) => {
  const state = stateOf(t);
  const { store, keychain, secretOf } = storeIn(state, 'file');
  await store.keep(login('a'), '1');
  keychain.fault = { ...LOCKED, kind: 'absent' };
  emptied(storedLoginFile(state, HOST));
  await store.keep(login('b'), '2');
  assert.equal(await secretOf(), 'b:2');
  emptied(storedLoginFile(state, HOST));
  assert.equal(await store.erase(HOST), 'file');
});

test('a login that takes the place of a damaged note leaves nothing of the earlier one in the keychain', async (t) => {
  const state = stateOf(t);
  const { store, keychain, secretOf } = storeIn(state);
  await store.keep(login('a'), '1');
  for (const fault of [LOCKED, undefined]) {
    emptied(storedLoginFile(state, HOST));
    keychain.fault = fault;
    if (fault !== undefined) await failureOf(store.keep(login('b'), '2'));
  }
  await store.keep(login('b'), '2');
  assert.deepEqual([await secretOf(), keychain.items.size], ['b:2', 1]);
});

test('without a place that lasts nothing is kept, and the reason is said', async (t) => {
  const { store, keychain } = storeIn(stateOf(t), 'keychain', memoryKeychain(), false);
  assert.match(
    describeError(await failureOf(store.keep(login(), 'x'))),
    /was not kept: HOME is not set, and .*\. Set HOME to your home directory, /,
  );
  assert.equal(keychain.items.size, 0);
});

test('a secret that someone took out of the keychain is told as gone', async (t) => {
  const { store, keychain, secretOf } = storeIn(stateOf(t));
  await store.keep(login(), 'x');
  (keychain.items as Map<string, string>).clear();
  assert.equal(await secretOf(), 'gone');
});

test('with `secrets: file` it lies in a private file and never in the keychain, from where an older one is taken', async (t) => {
  const state = stateOf(t);
  const { store: before, keychain } = storeIn(state);
  await before.keep(login('a'), '1');
  const { store, secretOf } = storeIn(state, 'file', keychain);
  await store.keep(login('b'), '2');
  assert.equal(await secretOf(), 'b:2');
  assert.equal(keychain.items.size, 0);
  assert.deepEqual([statSync(`${state}/stored`).mode & 0o777, store.find(HOST)?.where], [0o700, 'file']);
});

test('a directory that is open to others is refused, and named with what fixes it', async (t) => {
  const state = stateOf(t);
  const { store } = storeIn(state, 'file');
  mkdirSync(`${state}/stored`, { recursive: true, mode: 0o700 });
  chmodSync(`${state}/stored`, 0o755);
  assert.equal(
    describeError(await failureOf(store.keep(login(), 'x'))),
    `${storedLoginFile(state, HOST)} can't be written: ${state}/stored is open to others [not-written]. Run: chmod 700 ${state}/stored`,
  );
  assert.deepEqual(readdirSync(`${state}/stored`), []);
});

test('twenty at once leave one whole login, and nothing else', async (t) => {
  const state = stateOf(t);
  const keychain = memoryKeychain();
  const { secretOf } = storeIn(state, 'keychain', keychain);
  const doing = Array.from({ length: 20 }, (_, index) =>
    storeIn(state, 'keychain', keychain).store.keep(login(`u${index}`), `s${index}`),
  );
  await Promise.all(doing);
  assert.match(String(await secretOf()), /^u(\d+):s\1$/);
  assert.equal(keychain.items.size, 1);
});

test('whoever is killed leaves the login before or the one after, and the next change leaves nothing over', (t) =>
  fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({ call: fc.integer({ min: 1, max: 3 }), isDone: fc.boolean(), erases: fc.boolean() }),
        {
          maxLength: 6,
        },
      ),
      async (kills) => {
        const { store, keychain, secretOf } = storeIn(stateOf(t));
        let allowed: (string | undefined)[] = [undefined];
        for (const [index, { erases, ...killAt }] of kills.entries()) {
          keychain.killAt = killAt;
          const doing = erases ? store.erase(HOST) : store.keep(login(`u${index}`), `s${index}`);
          const wasKilled = await doing.then(
            () => false,
            (error) => {
              if (error instanceof Killed) return true;
              throw error;
            },
          );
          keychain.killAt = undefined;
          const after = erases ? undefined : `u${index}:s${index}`;
          const now = (await secretOf()) as string | undefined;
          assert.ok(wasKilled ? [...allowed, after].includes(now) : now === after, `${now} after ${index}`);
          allowed = [now];
        }
        await store.keep(login('last'), 'last');
        assert.deepEqual([await secretOf(), keychain.items.size], ['last:last', 1]);
      },
    ),
    { numRuns: 60 },
  ));
