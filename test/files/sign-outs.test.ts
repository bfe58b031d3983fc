import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  addSignOut,
  clearSignOuts,
  isHostSignedOut,
  listSignOuts,
  readSignOuts,
  signOutFile,
  signOutOfHost,
} from '../../src/files/sign-outs.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const uid = process.geteuid?.();

test('a sign-out is remembered until the host is signed in again', async (t) => {
  const path = signOutFile(temporaryDirectory(t), 'registry.example.com:5000');
  assert.deepEqual(readSignOuts(path, uid), []);
  assert.equal(await addSignOut(path, 'a', uid), true);
  assert.equal(await addSignOut(path, 'b', uid), true);
  assert.deepEqual(readSignOuts(path, uid), ['a', 'b']);
  await clearSignOuts(path);
  assert.deepEqual(readSignOuts(path, uid), []);
  await clearSignOuts(path);
});

test('signing out twice is remembered once, and the oldest of more than twenty is forgotten', async (t) => {
  const path = signOutFile(temporaryDirectory(t), 'r.example.com');
  for (let index = 0; index < 22; index++) await addSignOut(path, `f${index}`, uid);
  await addSignOut(path, 'f5', uid);
  const kept = readSignOuts(path, uid);
  assert.equal(kept.length, 20);
  assert.deepEqual([kept[0], kept.at(-1)], ['f2', 'f5']);
  assert.equal(kept.filter((item) => item === 'f5').length, 1);
});

test('a host that was signed out of as a whole stays so, whatever tokens are signed out of besides', async (t) => {
  const state = temporaryDirectory(t);
  const path = signOutFile(state, 'r.example.com:5000');
  assert.deepEqual(listSignOuts(state), []);
  await addSignOut(path, 'a', uid);
  assert.equal(isHostSignedOut(path, uid), false);
  assert.equal(await signOutOfHost(path, uid), true);
  assert.equal(isHostSignedOut(path, uid), true);
  for (let index = 0; index < 22; index++) assert.equal(await addSignOut(path, `f${index}`, uid), true);
  assert.equal(isHostSignedOut(path, uid), true);
  assert.deepEqual(listSignOuts(state), ['r.example.com:5000']);
  await clearSignOuts(path);
  assert.equal(isHostSignedOut(path, uid), false);
  assert.deepEqual(listSignOuts(state), []);
});

test('hosts have a file each, whatever stands in their names', () => {
  const hosts = ['r.example.com', 'r.example.com:5000', '[::1]:5000', 'r.example.com.'];
  assert.equal(new Set(hosts.map((host) => signOutFile('/state', host))).size, hosts.length);
  for (const host of hosts) assert.match(signOutFile('/state', host), /^\/state\/signed-out\/[^/]+\.json$/);
});

test('a file that is torn, or holds something else, signs nobody out', async (t) => {
  const path = signOutFile(temporaryDirectory(t), 'r.example.com');
  await addSignOut(path, 'a', uid);
  for (const [text, left] of [
    ['["a', []],
    ['{}', []],
    ['["a", 7, null]', ['a']],
  ] as const) {
    writeFileSync(path, text);
    assert.deepEqual(readSignOuts(path, uid), left);
  }
});

test("a sign-out that can't be kept says so", async () => {
  const path = signOutFile('/proc/nowhere', 'r.example.com');
  assert.equal(await addSignOut(path, 'a', uid), false);
  assert.equal(await signOutOfHost(path, uid), false);
});
