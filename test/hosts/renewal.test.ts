import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MARGIN_MS } from '../../src/hosts/answer.ts';
import { type Pace, renewalDueMs, renewalState } from '../../src/hosts/renewal.ts';
import fc from '../support/properties.ts';

const HOUR = 3_600_000;
const life = { startedAtMs: 0, expiresAtMs: 8 * HOUR };

test('a token is left alone until half of its life is over', () => {
  assert.equal(renewalState(life, 0), 'keep');
  assert.equal(renewalState(life, 4 * HOUR - 1), 'keep');
  assert.equal(renewalState(life, 4 * HOUR), 'soon');
});

test('past three quarters of its life it is renewed before it is answered', () => {
  assert.equal(renewalState(life, 6 * HOUR - 1), 'soon');
  assert.equal(renewalState(life, 6 * HOUR), 'now');
});

test('with a minute left it is dead, however long it lived', () => {
  assert.equal(renewalState(life, 8 * HOUR - MARGIN_MS - 1), 'now');
  assert.equal(renewalState(life, 8 * HOUR - MARGIN_MS), 'dead');
  assert.equal(renewalState(life, 80 * HOUR), 'dead');
  assert.equal(renewalState({ startedAtMs: 0, expiresAtMs: MARGIN_MS }, 0), 'dead');
});

test('a life that starts in the future, as after a clock was set back, is kept', () =>
  assert.equal(renewalState({ startedAtMs: HOUR, expiresAtMs: 9 * HOUR }, 0), 'keep'));

test('a token without an end is never renewed', () =>
  assert.equal(renewalState({ startedAtMs: 0, expiresAtMs: Number.POSITIVE_INFINITY }, 80 * HOUR), 'keep'));

test('what is not dead has more than a minute left, and states come in their order', () => {
  const order = ['keep', 'soon', 'now', 'dead'];
  const times = fc.record({
    lifeMs: fc.integer({ min: 1, max: 1e9 }),
    nowMs: fc.integer({ min: 0, max: 2e9 }),
  });
  fc.assert(
    fc.property(times, ({ lifeMs, nowMs }) => {
      const one = { startedAtMs: 0, expiresAtMs: lifeMs };
      const state = renewalState(one, nowMs);
      assert.equal(state === 'dead', lifeMs - nowMs <= MARGIN_MS);
      assert.ok(order.indexOf(renewalState(one, nowMs + 1000)) >= order.indexOf(state));
    }),
  );
});

const HOUR_LIFE = { startedAtMs: 0, expiresAtMs: HOUR };
const MINUTE = HOUR / 60;
const pace = (changes: Partial<Pace> = {}): Pace => ({
  share: 0,
  shareAfter: 0,
  trouble: undefined,
  ...changes,
});

test('machines renew at moments of their own between half and seven tenths of a life', () => {
  assert.equal(renewalDueMs(HOUR_LIFE, pace()), 30 * MINUTE);
  assert.equal(renewalDueMs(HOUR_LIFE, pace({ share: 0.5 })), 36 * MINUTE);
  assert.ok(renewalDueMs(HOUR_LIFE, pace({ share: 0.999 })) < 42 * MINUTE);
  assert.equal(renewalState(HOUR_LIFE, 36 * MINUTE - 1, pace({ share: 0.5 })), 'keep');
  assert.equal(renewalState(HOUR_LIFE, 36 * MINUTE, pace({ share: 0.5 })), 'soon');
});

test('after trouble they wait for moments of their own, the later the more life is left', () => {
  const trouble = { sinceMs: 0, atMs: 20 * MINUTE };
  // Up to 0.98 of the life there are 38.8 minutes.
  assert.equal(renewalDueMs(HOUR_LIFE, pace({ trouble })), (20 + 0.6 * 38.8) * MINUTE);
  assert.ok(renewalDueMs(HOUR_LIFE, pace({ trouble, shareAfter: 0.999 })) < 0.98 * HOUR);
  const late = { sinceMs: 30 * MINUTE, atMs: 50 * MINUTE };
  assert.equal(renewalDueMs(HOUR_LIFE, pace({ trouble: late })), (50 + 0.6 * 8.8) * MINUTE);
});

test('short trouble delays little, and what was before the token nothing', () => {
  const short = { sinceMs: 39 * MINUTE, atMs: 40 * MINUTE };
  assert.equal(renewalDueMs(HOUR_LIFE, pace({ trouble: short })), (40 + 0.6 * 4) * MINUTE);
  const once = { sinceMs: 40 * MINUTE, atMs: 40 * MINUTE };
  assert.equal(renewalDueMs(HOUR_LIFE, pace({ trouble: once })), (40 + 0.6 * 2) * MINUTE);
  assert.equal(renewalDueMs(HOUR_LIFE, pace({ trouble: { sinceMs: -HOUR, atMs: -1 } })), 30 * MINUTE);
});

test('trouble keeps nobody from the last tries, and no dead token from being had anew', () => {
  const trouble = { sinceMs: 0, atMs: 7.9 * HOUR };
  assert.equal(renewalState(life, 7.9 * HOUR, pace({ trouble, shareAfter: 0.9 })), 'now');
  assert.equal(renewalState(HOUR_LIFE, 59 * MINUTE, pace({ trouble, shareAfter: 0.9 })), 'dead');
});
