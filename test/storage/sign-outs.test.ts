import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { addSignOut, clearSignOuts, readSignOuts, signOutFile } from '../../src/storage/sign-outs.ts';
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

test('a sign-out that can not be kept says so', async () => {
  assert.equal(await addSignOut(signOutFile('/proc/nowhere', 'r.example.com'), 'a', uid), false);
});
