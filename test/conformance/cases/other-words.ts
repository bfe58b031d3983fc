import assert from 'node:assert/strict';
import type { ConformanceCases } from '../conformance-suite.ts';
import type { HelperUnderTest } from '../helper-under-test.ts';

/** Ends in failure and says a line about it, that holds the text. */
async function assertScolded(helper: HelperUnderTest, words: readonly string[], text: RegExp): Promise<void> {
  const { status, stdout, stderr } = await helper.run(words, '');
  assert.ok(status !== null && status > 0, words.join(' '));
  assert.match(stdout + stderr, text);
}

export const otherWords: ConformanceCases = {
  'version is told on stdout, in one line': async (helper) => {
    const { status, stdout, stderr } = await helper.run('version', '');
    assert.deepEqual([status, stderr], [0, '']);
    assert.match(stdout, /^[^\n]*\d+\.\d+\.\d+[^\n]*\n$/);
  },

  'a word that is none of the verbs fails, and is named': (helper) =>
    assertScolded(helper, ['fetch'], /\bfetch\b/),

  'without a verb it fails, and the usage is told': (helper) => assertScolded(helper, [], /usage/i),

  'a verb followed by another word fails, and the usage is told': async (helper) => {
    for (const verb of ['get', 'store', 'erase', 'list']) {
      await assertScolded(helper, [verb, 'registry.example.com'], /usage/i);
    }
  },
};
