import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clockShiftMs, type Moment } from '../../src/hosts/clock.ts';

const NOON = 1_700_000_000_000;
const MINUTE = 60_000;
const DAY = 86_400_000;
const then: Moment = { wallMs: NOON, uptimeMs: 3 * DAY };

/** The moment at which so much time has passed by each of the two clocks. */
const after = (wallMs: number, uptimeMs: number): Moment => ({
  wallMs: NOON + wallMs,
  uptimeMs: 3 * DAY + uptimeMs,
});

test('while nobody touches the clock it was not moved, however long the machine slept', () => {
  for (const passed of [0, MINUTE, 30 * DAY]) assert.equal(clockShiftMs(then, after(passed, passed)), 0);
});

test('a clock that was set back tells by how much', () =>
  assert.equal(clockShiftMs(then, after(-9 * MINUTE, MINUTE)), -10 * MINUTE));

test('less than two seconds are the slewing of time synchronisation, and no move', () => {
  assert.equal(clockShiftMs(then, after(MINUTE - 1999, MINUTE)), 0);
  assert.equal(clockShiftMs(then, after(MINUTE - 2000, MINUTE)), -2000);
});

test('a clock that seems to have been set forward is believed: the machine may have been off, or paused', () => {
  assert.equal(clockShiftMs(then, after(11 * MINUTE, MINUTE)), 0);
  assert.equal(clockShiftMs({ wallMs: NOON, uptimeMs: 20_000 }, after(3 * DAY, -3 * DAY + 30_000)), 0);
});

test('after a restart, and without an uptime, the clock is believed', () => {
  assert.equal(clockShiftMs(then, { wallMs: NOON - DAY, uptimeMs: 5 * MINUTE }), 0);
  assert.equal(clockShiftMs(then, { wallMs: NOON - DAY, uptimeMs: null }), 0);
  assert.equal(clockShiftMs({ wallMs: NOON, uptimeMs: null }, after(-DAY, MINUTE)), 0);
});

test('without an uptime, or with one of a later start, nothing tells that the clock was moved', () => {
  const setBack = NOON - 10 * DAY;
  const without = { wallMs: NOON, uptimeMs: null };
  assert.equal(clockShiftMs(without, { wallMs: setBack, uptimeMs: MINUTE }), 0);
  assert.equal(clockShiftMs(then, { wallMs: setBack, uptimeMs: null }), 0);
  assert.equal(clockShiftMs(then, { wallMs: setBack, uptimeMs: MINUTE }), 0);
});
