import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CACHE_FORMAT, type CachedAnswer, isStillGood } from '../../src/hosts/cached-answer.ts';

const NOON = 1_700_000_000_000;
const MINUTE = 60_000;
const DAY = 86_400_000;
const UPTIME = 3 * DAY;

/** An answer that was decided at noon, three days after the machine was started. */
function record(expiresAtMs: number | null, uptimeMs: number | null = UPTIME): CachedAnswer {
  return {
    format: CACHE_FORMAT,
    host: 'registry.example.com',
    answer: { kind: 'credential', username: 'alice', secret: 's', expiresAtMs },
    checkedAt: { wallMs: NOON, uptimeMs },
    environment: 'env',
    sources: [],
  };
}

/** Whether it holds once so much time has passed by the wall clock, and so much by the uptime. */
function holds(answer: CachedAnswer, wallMs: number, uptimeMs: number | null): boolean {
  const moment = { wallMs: NOON + wallMs, uptimeMs: uptimeMs === null ? null : UPTIME + uptimeMs };
  const { host, environment } = answer;
  return isStillGood(answer, { host, environment, moment, stampOf: () => null });
}

test('an answer outlives a clock that was set back ten minutes, and is no younger for it', () => {
  assert.equal(holds(record(null), -9 * MINUTE, MINUTE), true);
  assert.equal(holds(record(null), -5 * MINUTE, 5 * MINUTE), false);
});

test('a token does not live longer because the clock was set back', () => {
  const ending = record(NOON + 3 * MINUTE);
  assert.equal(holds(ending, -9 * MINUTE, MINUTE), true);
  assert.equal(holds(ending, -8 * MINUTE, 2 * MINUTE), false);
});

test('an answer is asked again after the clock was set forward ten minutes', () =>
  assert.equal(holds(record(null), 11 * MINUTE, MINUTE), false));

test('an answer is asked again after the machine slept for days', () =>
  assert.equal(holds(record(NOON + 30 * DAY), 3 * DAY, 3 * DAY), false));

test('an answer from before a restart days ago is asked again, however long after the start it was decided', () => {
  const early = record(NOON + DAY, 20_000);
  for (const uptimeMs of [10_000, 20_000, 30_000]) {
    assert.equal(holds(early, 3 * DAY, uptimeMs - UPTIME), false, `${uptimeMs}`);
  }
});

test('an answer holds across a restart of a minute', () =>
  assert.equal(holds(record(null), MINUTE, 15_000 - UPTIME), true));

test('where there is no uptime, an answer from the future is asked again', () => {
  assert.equal(holds(record(null, null), -9 * MINUTE, null), false);
  assert.equal(holds(record(null, null), MINUTE, null), true);
});
