import assert from 'node:assert/strict';
import { statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { stampOf } from '../../src/files/hot-files.ts';
import { createSources, REST_MS } from '../../src/files/sources.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

test('a file that was at rest when it was looked at is relied on', (t) => {
  const path = join(temporaryDirectory(t), 'file');
  writeFileSync(path, 'x');
  const changedMs = Math.floor(statSync(path).ctimeMs);
  for (const [sinceMs, isAtRest] of [
    [0, false],
    [REST_MS - 1, false],
    [REST_MS, true],
    // A file system whose clock is ahead.
    [-60_000, false],
  ] as const) {
    const sources = createSources(() => changedMs + sinceMs);
    assert.equal(sources.wereAtRest(), true);
    sources.track(path);
    assert.equal(sources.wereAtRest(), isAtRest, String(sinceMs));
  }
});

test('time that passes after a file was read does not make it one that was at rest', (t) => {
  const path = join(temporaryDirectory(t), 'file');
  writeFileSync(path, 'x');
  let nowMs = statSync(path).ctimeMs;
  const sources = createSources(() => nowMs);
  sources.track(path);
  nowMs += 60_000;
  sources.track(path);
  assert.equal(sources.wereAtRest(), false);
});

test('a file counts as it was when it was looked at first, and once, however it is named', (t) => {
  const path = join(temporaryDirectory(t), 'file');
  const absent = join(temporaryDirectory(t), 'absent');
  writeFileSync(path, 'x');
  const before = stampOf(path);
  const sources = createSources(() => Date.now() + 60_000);
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
