import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { pruneCache } from '../../src/files/answers.ts';
import { keptTokenFile, saveKeptToken } from '../../src/files/kept-tokens.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const uid = process.geteuid?.();
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const now = { wallMs: Date.now(), uptimeMs: null };

/** A cache in which files were last changed so long ago. */
function cacheWith(t: TestContext, ages: Record<string, number>): string {
  const cache = join(temporaryDirectory(t), 'cache');
  for (const [path, ageMs] of Object.entries(ages)) {
    const file = join(cache, path);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, '{}', { mode: 0o600 });
    const seconds = (now.wallMs - ageMs) / 1000;
    utimesSync(file, seconds, seconds);
  }
  return cache;
}
const left = (cache: string) =>
  readdirSync(cache, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort();

test('answers and words of more than 30 days go, failures of more than a day; all else stays', (t) => {
  const cache = cacheWith(t, {
    'answers/old-answer': 31 * DAY,
    'answers/answer': 29 * DAY,
    'answers/r.json.0123456789ab.tmp': 25 * HOUR,
    'claims/old-claim': 31 * DAY,
    'claims/claim': 29 * DAY,
    'failures/old-failure': 25 * HOUR,
    'failures/failure': 23 * HOUR,
    'locks/lock': 90 * DAY,
    'unreachable.json': 90 * DAY,
  });
  pruneCache(cache, uid, now);
  assert.deepEqual(left(cache), ['answer', 'claim', 'failure', 'lock', 'unreachable.json']);
});

test("tokens go with their end, and what can't be made out once no token could be left", async (t) => {
  const cache = cacheWith(t, { 'tokens/old-rubbish': 3 * DAY, 'tokens/rubbish': HOUR });
  const keep = (key: string, expiresAtMs: number) =>
    saveKeptToken(keptTokenFile(cache, key), { token: 't', startedAtMs: 0, expiresAtMs }, now, uid);
  await keep('ended', now.wallMs - 1000);
  await keep('live', now.wallMs + 1000);
  pruneCache(cache, uid, now);
  assert.deepEqual(left(cache), ['live.json', 'rubbish']);
});

test('where nothing is kept nothing is removed', (t) => {
  pruneCache(null, uid, now);
  pruneCache(temporaryDirectory(t), uid, now);
});
