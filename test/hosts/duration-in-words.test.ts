import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationInWords } from '../../src/hosts/clock.ts';

test('a duration is told in its largest whole unit', () => {
  const words: [number, string][] = [
    [0, '0 seconds'],
    [999, '0 seconds'],
    [1000, '1 second'],
    [59_999, '59 seconds'],
    [60_000, '1 minute'],
    [3_599_999, '59 minutes'],
    [3_600_000, '1 hour'],
    [86_399_999, '23 hours'],
    [86_400_000, '1 day'],
    [3 * 86_400_000 + 5, '3 days'],
    [400 * 86_400_000, '400 days'],
  ];
  for (const [ms, told] of words) assert.equal(durationInWords(ms), told);
});
