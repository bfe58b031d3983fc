import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createReachability } from '../../src/files/reachability.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const uid = process.geteuid?.();
const NOW = 1_700_000_000_000;
const API = 'https://api.example.com:6443';
const refused = { detail: 'connection refused', timedOut: false };
const late = { detail: 'no answer within 2 s', timedOut: true };

test('a server that could not be reached is remembered for half a minute, by every process', async (t) => {
  const cache = temporaryDirectory(t);
  const first = createReachability(cache, uid, () => NOW);
  first.note(API, refused);
  assert.equal(first.recentFailure(API), 'connection refused');
  await first.save();
  const at = (nowMs: number) => createReachability(cache, uid, () => nowMs).recentFailure(API);
  assert.equal(at(NOW), 'connection refused');
  assert.equal(at(NOW + 29_999), 'connection refused');
  assert.equal(at(NOW + 30_000), undefined);
  assert.equal(at(NOW - 1), undefined);
});

test('what was noted before a command began does not count for it, and is kept for the others', async (t) => {
  const cache = temporaryDirectory(t);
  const earlier = createReachability(cache, uid, () => NOW);
  earlier.note(API, late);
  await earlier.save();
  const first = createReachability(cache, uid, () => NOW + 10, NOW + 1);
  assert.deepEqual([first.recentFailure(API), first.timedOutCount()], [undefined, 0]);
  first.note('https://other', late);
  await first.save();
  const second = createReachability(cache, uid, () => NOW + 20, NOW + 1);
  assert.deepEqual([second.recentFailure('https://other'), second.timedOutCount()], [late.detail, 1]);
  assert.equal(second.recentFailure(API), undefined);
  assert.equal(createReachability(cache, uid, () => NOW + 20).recentFailure(API), late.detail);
});

test('a server that answers again is forgotten', async (t) => {
  const cache = temporaryDirectory(t);
  const first = createReachability(cache, uid, () => NOW);
  first.note(API, refused);
  await first.save();
  const second = createReachability(cache, uid, () => NOW);
  second.note(API, 'reached');
  await second.save();
  assert.equal(createReachability(cache, uid, () => NOW).recentFailure(API), undefined);
});

test('only servers that let the time run out make others suspicious', () => {
  const store = createReachability(null, uid, () => NOW);
  store.note(API, refused);
  assert.equal(store.timedOutCount(), 0);
  store.note('https://other.example.com', late);
  assert.equal(store.timedOutCount(), 1);
  store.note('https://other.example.com', 'reached');
  assert.equal(store.timedOutCount(), 0);
});

test('without news nothing is written', async (t) => {
  const cache = temporaryDirectory(t);
  const store = createReachability(cache, uid, () => NOW);
  store.note(API, 'reached');
  await store.save();
  assert.deepEqual(readdirSync(cache), []);
});

test('without a place to keep it, it is remembered within the process', async () => {
  const store = createReachability(null, uid, () => NOW);
  store.note(API, refused);
  await store.save();
  assert.equal(store.recentFailure(API), 'connection refused');
});

test('what is torn or of another make is as good as none', (t) => {
  const cache = temporaryDirectory(t);
  for (const text of ['[[', '{}', 'null', '[1]', '["x"]', '[["https://a"]]', `[["${API}",{"atMs":"x"}]]`]) {
    writeFileSync(join(cache, 'unreachable.json'), text, { mode: 0o600 });
    const store = createReachability(cache, uid, () => NOW);
    assert.equal(store.recentFailure(API), undefined, text);
    assert.equal(store.timedOutCount(), 0, text);
  }
});
