import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createReachability } from '../../src/files/reachability.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const uid = process.geteuid?.();
const NOW = 1_700_000_000_000;
const API = 'https://api.example.com:6443';
const refused = { detail: 'connection refused', timedOut: false };
const reached = { reachedInMs: 50 };
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
  assert.deepEqual([first.recentFailure(API), first.connectLimitMs(API)], [undefined, 2000]);
  first.note('https://other', late);
  await first.save();
  const second = createReachability(cache, uid, () => NOW + 20, NOW + 1);
  assert.deepEqual([second.recentFailure('https://other'), second.connectLimitMs(API)], [late.detail, 1000]);
  assert.equal(second.recentFailure(API), undefined);
  assert.equal(createReachability(cache, uid, () => NOW + 20).recentFailure(API), late.detail);
});

test('a server that answers again is forgotten', async (t) => {
  const cache = temporaryDirectory(t);
  const first = createReachability(cache, uid, () => NOW);
  first.note(API, refused);
  await first.save();
  const second = createReachability(cache, uid, () => NOW);
  second.note(API, reached);
  await second.save();
  assert.equal(createReachability(cache, uid, () => NOW).recentFailure(API), undefined);
});

test('who lets the time run out shortens it for others, run by run, and a refusal does not', async (t) => {
  const cache = temporaryDirectory(t);
  const limits: number[] = [];
  for (let run = 0; run < 5; run += 1) {
    const store = createReachability(cache, uid, () => NOW + run);
    limits.push(store.connectLimitMs(API));
    // A cluster's API server and its registry are away together: that is no second reason to doubt the network.
    store.note(`https://api.${run}.example.com`, late);
    limits.push(store.connectLimitMs(API));
    store.note(`https://registry.${run}.example.com`, late);
    store.note(`https://api.x${run}.example.com`, refused);
    await store.save();
  }
  assert.deepEqual(limits, [2000, 1000, 1000, 300, 300, 300, 100, 100, 100, 100]);
});

test('one cluster that is away takes nothing from another that is far: whoever answers shows that the network is there', async (t) => {
  const cache = temporaryDirectory(t);
  for (let run = 0; run < 3; run += 1) {
    const away = createReachability(cache, uid, () => NOW + run);
    away.note(`https://api.${run}.example.com`, late);
    await away.save();
  }
  const far = createReachability(cache, uid, () => NOW + 10);
  far.note('https://far.example.com', { reachedInMs: 900 });
  await far.save();
  const next = createReachability(cache, uid, () => NOW + 20);
  assert.equal(next.connectLimitMs(API), 2000);
  assert.equal(next.recentFailure('https://api.1.example.com'), late.detail);
});

test('a server that took long before gets twice that, whoever else is away', async (t) => {
  const cache = temporaryDirectory(t);
  const before = createReachability(cache, uid, () => NOW - 3_600_000);
  before.note(API, { reachedInMs: 700 });
  await before.save();
  for (let run = 0; run < 4; run += 1) {
    const away = createReachability(cache, uid, () => NOW + run);
    away.note(`https://api.${run}.example.com`, late);
    await away.save();
  }
  const store = createReachability(cache, uid, () => NOW + 10);
  assert.deepEqual([store.connectLimitMs(API), store.connectLimitMs('https://new')], [1450, 100]);
});

test('a time-out after less than the usual time is held against a server by the very run alone', async (t) => {
  const cache = temporaryDirectory(t);
  const first = createReachability(cache, uid, () => NOW);
  first.note(API, { ...late, afterMs: 300 });
  assert.equal(first.recentFailure(API), late.detail);
  await first.save();
  assert.equal(createReachability(cache, uid, () => NOW).recentFailure(API), undefined);
});

test('without news nothing is written', async (t) => {
  const cache = temporaryDirectory(t);
  const first = createReachability(cache, uid, () => NOW);
  await first.save();
  assert.deepEqual(readdirSync(cache), []);
  first.note(API, { reachedInMs: 100 });
  await first.save();
  const [name = ''] = readdirSync(cache);
  const written = readFileSync(join(cache, name), 'utf8');
  const second = createReachability(cache, uid, () => NOW + 1);
  second.note(API, { reachedInMs: 60 });
  await second.save();
  assert.equal(readFileSync(join(cache, name), 'utf8'), written);
});

test('without a place to keep it, it is remembered within the process', async () => {
  const store = createReachability(null, uid, () => NOW);
  store.note(API, refused);
  await store.save();
  assert.equal(store.recentFailure(API), 'connection refused');
});

test('what is torn or of another make is as good as none', (t) => {
  const cache = temporaryDirectory(t);
  for (const text of [
    '[[',
    '{}',
    'null',
    '[1]',
    '["x"]',
    '[["https://a"]]',
    `[["${API}",{"atMs":"x"}]]`,
    `[["${API}",{"atMs":1,"connectMs":"x"}]]`,
  ]) {
    writeFileSync(join(cache, 'unreachable.json'), text, { mode: 0o600 });
    const store = createReachability(cache, uid, () => NOW);
    assert.equal(store.recentFailure(API), undefined, text);
    assert.equal(store.connectLimitMs(API), 2000, text);
  }
});
