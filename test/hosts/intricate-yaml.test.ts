import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTooIntricate } from '../../src/hosts/intricate-yaml.ts';

const MOST = 120_000;

test('a text is too intricate by its marks, one more than can be read in time, and not by its length', () => {
  for (const text of ['', '{}', 'a'.repeat(10 * MOST)]) assert.equal(isTooIntricate(text), false);
  assert.equal(isTooIntricate(`${'\n'.repeat(MOST)}a`), false);
  assert.equal(isTooIntricate('\n'.repeat(MOST + 1)), true);
});

test('colons and dashes inside of words are no marks', () => {
  assert.equal(isTooIntricate('a:b-c'.repeat(MOST)), false);
  assert.equal(isTooIntricate('a: '.repeat(MOST + 1)), true);
  assert.equal(isTooIntricate('- '.repeat(MOST + 1)), true);
});
