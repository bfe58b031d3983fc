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
    `[["${API}",{"atMs":${NOW},"sinceMs":"x"}]]`,
    `[["${API}",{"atMs":${NOW},"pausedUntilMs":"x","status":429}]]`,
    `[["${API}",{"atMs":${NOW},"pausedUntilMs":${NOW + 86_400_000},"status":429}]]`,
  ]) {
    writeFileSync(join(cache, 'unreachable.json'), text, { mode: 0o600 });
    const store = createReachability(cache, uid, () => NOW);
    assert.equal(store.recentFailure(API), undefined, text);
    assert.equal(store.connectLimitMs(API), 2000, text);
    assert.deepEqual([store.pauseOf(API), store.troubleOf(API)], [undefined, undefined], text);
  }
});

test('a server that asked to be left alone is, by every process and every command, until the very moment', async (t) => {
  const cache = temporaryDirectory(t);
  const pause = { pausedUntilMs: NOW + 60_000, status: 429 };
  const earlier = createReachability(cache, uid, () => NOW);
  await earlier.pause(API, pause);
  const at = (nowMs: number) => createReachability(cache, uid, () => nowMs, nowMs).pauseOf(API);
  assert.equal(at(NOW + 1)?.pausedUntilMs, pause.pausedUntilMs);
  assert.equal(at(NOW + 59_999)?.status, 429);
  assert.equal(at(NOW + 60_000), undefined);
  // Noted by a clock that was set back since.
  assert.equal(at(NOW - 1), undefined);
});

test('what another process noted meanwhile is kept, and of one server what came later', async (t) => {
  const cache = temporaryDirectory(t);
  let nowMs = NOW;
  const mine = createReachability(cache, uid, () => nowMs);
  const theirs = createReachability(cache, uid, () => NOW + 1);
  await theirs.pause(API, { pausedUntilMs: NOW + 60_000, status: 429 });
  theirs.note('https://a', refused);
  theirs.note('https://b', reached);
  await theirs.save();
  mine.note('https://a', reached);
  mine.note('https://b', refused);
  mine.note('https://c', refused);
  nowMs += 2;
  await mine.save();
  const after = createReachability(cache, uid, () => NOW + 3);
  assert.equal(after.pauseOf(API)?.pausedUntilMs, NOW + 60_000);
  const failures = ['https://a', 'https://b', 'https://c'].map((way) => after.recentFailure(way));
  assert.deepEqual(failures, ['connection refused', undefined, 'connection refused']);
});

test('trouble lasts from its first failure to its last, and is remembered for a day', async (t) => {
  const cache = temporaryDirectory(t);
  const note = async (
    atMs: number,
    outcome: Parameters<ReturnType<typeof createReachability>['note']>[1],
  ) => {
    const store = createReachability(cache, uid, () => atMs);
    store.note(API, outcome);
    await store.save();
  };
  const trouble = (atMs: number) => {
    const { sinceMs, atMs: lastMs } = createReachability(cache, uid, () => atMs).troubleOf(API) ?? {};
    return [sinceMs, lastMs];
  };
  await note(NOW, reached);
  assert.deepEqual(trouble(NOW), [undefined, undefined]);
  await note(NOW + 1000, refused);
  await note(NOW + 50_000, { ...reached, status: 503 });
  await note(NOW + 90_000, { ...reached, status: 429 });
  assert.deepEqual(trouble(NOW + 90_000), [NOW + 1000, NOW + 90_000]);
  await note(NOW + 100_000, { ...reached, status: 404 });
  assert.deepEqual(trouble(NOW + 200_000), [NOW + 1000, NOW + 90_000]);
  await note(NOW + 300_000, late);
  assert.deepEqual(trouble(NOW + 300_000), [NOW + 300_000, NOW + 300_000]);
  assert.deepEqual(trouble(NOW + 300_000 + 86_400_000), [undefined, undefined]);
});

test('a person who has seen to it makes every server worth a try again, and takes back no pause', async (t) => {
  const cache = temporaryDirectory(t);
  const before = createReachability(cache, uid, () => NOW);
  before.note(API, refused);
  await before.pause('https://busy', { pausedUntilMs: NOW + 60_000, status: 503 });
  await createReachability(cache, uid, () => NOW + 1).forgetFailures();
  const after = createReachability(cache, uid, () => NOW + 2);
  assert.equal(after.recentFailure(API), undefined);
  assert.equal(after.pauseOf('https://busy')?.status, 503);
});
