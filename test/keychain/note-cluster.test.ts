import assert from 'node:assert/strict';
import { chmodSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type TestContext, test } from 'node:test';
import { withLock } from '../../src/files/lock.ts';
import { storedLoginFile } from '../../src/keychain/login-records.ts';
import { createSecretStore } from '../../src/keychain/login-store.ts';
import { unexpected } from '../support/identities.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const HOST = 'r.example.com';
const SERVER = 'https://api.example.com:6443';
const uid = process.geteuid?.();

/** A store in files, with a login that no cluster is known of. */
async function stored(t: TestContext) {
  const state = `${temporaryDirectory(t)}/docker-credential-openshift`;
  const store = createSecretStore({
    state,
    stateLasts: true,
    uid,
    keychain: unexpected('keychain'),
    place: async () => 'file',
    configFile: null,
    now: () => ({ wallMs: 1_700_000_000_000, uptimeMs: null }),
    remainingMs: () => 3000,
  });
  const keep = async (username: string) => {
    const known = { host: HOST, serverUrl: HOST, username, expiresAtMs: undefined, boundTo: undefined };
    await store.keep(known, `${username}'s`);
    return store.find(HOST) ?? unexpected('no login')();
  };
  return { store, keep, state, path: storedLoginFile(state, HOST) };
}

test('the cluster of a login is noted beside it, once, and its secret stays what it is', async (t) => {
  const { store, keep } = await stored(t);
  const login = await keep('robot');
  for (const server of [SERVER, 'https://api.other.example.com:6443']) await store.noteCluster(login, server);
  assert.deepEqual(store.find(HOST), { ...login, boundTo: SERVER });
  assert.deepEqual(await store.read(login), { secret: "robot's" });
});

test('nothing is noted of a login whose place another has taken, or that is gone', async (t) => {
  const { store, keep } = await stored(t);
  const first = await keep('a');
  const second = await keep('b');
  await store.noteCluster(first, SERVER);
  assert.deepEqual(store.find(HOST), second);
  await store.erase(HOST);
  await store.noteCluster(second, SERVER);
  assert.equal(store.find(HOST), undefined);
});

test('an engine that waits does not wait for whoever changes it just now, nor fail where nothing can be written', async (t) => {
  const { store, keep, state, path } = await stored(t);
  const login = await keep('robot');
  const before = readFileSync(path, 'utf8');
  const lock = `${state}/locks/${encodeURIComponent(HOST)}.json`;
  const held = await withLock(lock, 0, uid, () => store.noteCluster(login, SERVER).then(() => 'held'));
  assert.deepEqual([held, readFileSync(path, 'utf8')], ['held', before]);
  chmodSync(dirname(path), 0o755);
  await store.noteCluster(login, SERVER);
  assert.equal(readFileSync(path, 'utf8'), before);
});
