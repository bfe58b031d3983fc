import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lifeInWords } from '../../../src/commands/login/life-in-words.ts';

const HOUR_MS = 3_600_000;

test('a login that was just made lasts for the whole hours or days that it was made for', () => {
  assert.equal(lifeInWords(24 * HOUR_MS - 2000, 0), '1 day');
  assert.equal(lifeInWords(30 * 24 * HOUR_MS - 59_000, 0), '30 days');
  assert.equal(lifeInWords(HOUR_MS - 1, 0), '1 hour');
  assert.equal(lifeInWords(24 * HOUR_MS, 0), '1 day');
});

test('of a login that ends in between what is left is told, and no minute more', () => {
  assert.equal(lifeInWords(90_000, 0), '1 minute');
  assert.equal(lifeInWords(45_000, 0), '45 seconds');
  assert.equal(lifeInWords(HOUR_MS - 61_000, 0), '58 minutes');
  assert.equal(lifeInWords(24 * HOUR_MS - 61_000, 0), '23 hours');
  assert.equal(lifeInWords(0, 1000), '0 seconds');
});
