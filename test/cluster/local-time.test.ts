import assert from 'node:assert/strict';
import { test } from 'node:test';
import { localTimeMs } from '../../src/cluster/oauth-tokens.ts';

const NOW = 1_700_000_000_000;
const HOUR = 3_600_000;

test("a server's time is told by a clock that runs ahead, or behind", () => {
  assert.equal(localTimeMs(NOW + HOUR, NOW, NOW + 10 * HOUR), NOW + 11 * HOUR);
  assert.equal(localTimeMs(NOW + HOUR, NOW, NOW - 10 * HOUR), NOW - 9 * HOUR);
});

test('less than three seconds are no difference: the answer took its time, and `Date` has whole seconds', () => {
  for (const offMs of [0, 2999, -2999]) assert.equal(localTimeMs(NOW + HOUR, NOW, NOW + offMs), NOW + HOUR);
  assert.equal(localTimeMs(NOW + HOUR, NOW, NOW + 3000), NOW + HOUR + 3000);
});

test('a server that does not tell its time is taken for right', () =>
  assert.equal(localTimeMs(NOW + HOUR, undefined, NOW + 10 * HOUR), NOW + HOUR));
