import assert from 'node:assert/strict';
import { statSync, utimesSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type TestContext, test } from 'node:test';
import { stampOf } from '../../src/files/hot-files.ts';
import { createSources, REST_MS } from '../../src/files/sources.ts';
import { unexpected } from '../support/identities.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** A file, and sources that it is looked at by, so long after its last change by a clock that waiting moves. */
function written(t: TestContext, sinceMs: number, onWait = (_path: string) => {}) {
  const path = join(temporaryDirectory(t), 'file');
  writeFileSync(path, 'x');
  const clock = { nowMs: Math.floor(statSync(path).ctimeMs) + sinceMs };
  const waits: number[] = [];
  const waitMs = async (ms: number): Promise<void> => {
    waits.push(ms);
    clock.nowMs += ms;
    onWait(path);
  };
  return { path, clock, waits, sources: createSources(() => clock.nowMs, waitMs) };
}

test('a file that was at rest when it was looked at is relied on, and nobody waits', async (t) => {
  const { path, waits, sources } = written(t, REST_MS);
  sources.track(path);
  await sources.settle(path);
  assert.deepEqual([sources.wereAtRest(), waits], [true, []]);
});

test('a file that was written a moment ago is waited for before it is read, once for all who read it', async (t) => {
  for (const [sinceMs, waited] of [
    [0, REST_MS + 1],
    [REST_MS - 1, 2],
  ] as const) {
    const { path, waits, sources } = written(t, sinceMs);
    sources.track(path);
    assert.equal(sources.wereAtRest(), false);
    await Promise.all([sources.settle(path), sources.settle(path)]);
    await sources.settle(path);
    assert.deepEqual([sources.wereAtRest(), waits], [true, [waited]]);
  }
});

test('a file whose clock is ahead is waited for no longer than others, and not relied on', async (t) => {
  const { path, waits, sources } = written(t, -60_000);
  await sources.settle(path);
  assert.deepEqual([sources.wereAtRest(), waits], [false, [REST_MS + 1]]);
});

test('time that passes after a file was looked at does not make it one that was at rest', (t) => {
  const { path, clock, sources } = written(t, 0);
  sources.track(path);
  clock.nowMs += 60_000;
  sources.track(path);
  assert.equal(sources.wereAtRest(), false);
});

test('a file that was waited for counts as it was after that', async (t) => {
  const { path, sources } = written(t, 0, (changed) => utimesSync(changed, 1, 1));
  await sources.settle(path);
  assert.deepEqual(sources.stamps(), [[path, stampOf(path)]]);
});

test('a file counts as it was when it was looked at first, and once, however it is named', (t) => {
  const path = join(temporaryDirectory(t), 'file');
  const absent = join(temporaryDirectory(t), 'absent');
  writeFileSync(path, 'x');
  const before = stampOf(path);
  const sources = createSources(() => Date.now() + 60_000, unexpected('waitMs'));
  sources.track(path);
  writeFileSync(path, 'longer');
  sources.track(relative(process.cwd(), path));
  sources.track(absent);
  assert.deepEqual(sources.stamps(), [
    [path, before],
    [absent, null],
  ]);
  assert.equal(sources.wereAtRest(), true);
});
