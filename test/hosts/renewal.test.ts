import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MARGIN_MS } from '../../src/hosts/answer.ts';
import { renewalState } from '../../src/hosts/keep-token.ts';
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
