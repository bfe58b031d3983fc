import assert from 'node:assert/strict';
import type { ConformanceCases } from '../conformance-suite.ts';
import type { HelperUnderTest } from '../helper-under-test.ts';

/** Ends in failure, and says something about it. */
async function assertScolded(helper: HelperUnderTest, words: readonly string[]): Promise<void> {
  const { status, stdout, stderr } = await helper.run(words, '');
  assert.ok(status !== null && status > 0, words.join(' '));
  assert.match(stdout + stderr, /^\S[^\n]*\n/);
}

export const otherWords: ConformanceCases = {
  'version is told in the first line of stdout': async (helper) => {
    const { status, stdout, stderr } = await helper.run('version', '');
    assert.deepEqual([status, stderr], [0, '']);
    assert.match(stdout, /^[^\n]*\d+\.\d+\.\d+[^\n]*\n/);
  },

  'a word that is none of the verbs fails': (helper) => assertScolded(helper, ['fetch']),

  'without a verb it fails': (helper) => assertScolded(helper, []),

  'a verb followed by another word fails': async (helper) => {
    for (const verb of ['get', 'store', 'erase', 'list']) {
      await assertScolded(helper, [verb, 'registry.example.com']);
    }
  },
};
