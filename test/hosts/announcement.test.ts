import assert from 'node:assert/strict';
import { test } from 'node:test';
import { announcement, announcementIsDue, endsSoon } from '../../src/hosts/announcement.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MADE = 1_700_000_000_000;

/** When the end of a login is announced, in hours before it, if it is asked for every hour of its life. */
function announcements(lifeMs: number, fromMs = 0): number[] {
  const expiresAtMs = MADE + lifeMs;
  const told: number[] = [];
  let announcedAtMs: number | undefined;
  for (let nowMs = MADE + fromMs; nowMs <= expiresAtMs + DAY; nowMs += HOUR) {
    if (!announcementIsDue(expiresAtMs, lifeMs, announcedAtMs, nowMs)) continue;
    announcedAtMs = nowMs;
    told.push((expiresAtMs - nowMs) / HOUR);
  }
  return told;
}

test('a login of 30 days is announced at seven days and at one, once each', () =>
  assert.deepEqual(announcements(30 * DAY), [7 * 24, 24]));

test('a login of 24 hours is not announced: it would be the moment it is made', () =>
  assert.deepEqual(announcements(DAY), []));

test('a login of three days is announced at one day only', () =>
  assert.deepEqual(announcements(3 * DAY), [24]));

test('two stages that were slept through are announced once', () =>
  assert.deepEqual(announcements(30 * DAY, 30 * DAY - 5 * HOUR), [5]));

test('a login whose life is not known is taken for long', () =>
  assert.equal(announcementIsDue(MADE + 5 * DAY, undefined, undefined, MADE), true));

test('what has ended is not announced any more', () =>
  assert.equal(announcementIsDue(MADE, 30 * DAY, undefined, MADE), false));

test('an announcement names the login, what is left of it and the command', () => {
  const words = { phrase: 'Your login to app.ci', cluster: 'app.ci', fix: { run: 'oc login https://api' } };
  assert.deepEqual(announcement(words, MADE + 3 * DAY + 5, MADE), {
    code: 'ends-soon',
    why: 'Your login to app.ci ends in 3 days',
    fix: { run: 'oc login https://api' },
  });
});

test('a login ends soon in its last seven days, or in the second half of a shorter life', () => {
  const soon = (leftMs: number, lifeMs?: number) => endsSoon(MADE + leftMs, lifeMs, MADE);
  assert.deepEqual([soon(8 * DAY, 30 * DAY), soon(7 * DAY, 30 * DAY), soon(3 * DAY)], [false, true, true]);
  assert.deepEqual([soon(6 * DAY, 10 * DAY), soon(5 * DAY, 10 * DAY)], [false, true]);
  assert.deepEqual([soon(20 * HOUR, DAY), soon(12 * HOUR, DAY), soon(-HOUR, DAY)], [false, true, true]);
});
