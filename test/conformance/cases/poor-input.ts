import assert from 'node:assert/strict';
import { NO_SERVER_URL, NO_USERNAME } from '../../../src/protocol/serve-get.ts';
import type { ConformanceCases } from '../conformance-suite.ts';
import { type HelperUnderTest, type Outcome, SAID_NOTHING } from '../helper-under-test.ts';

/** What is wrong comes on stdout, which engines show, and in one line; nothing was stored. */
async function assertRefused(helper: HelperUnderTest, { status, stdout, stderr }: Outcome): Promise<void> {
  assert.deepEqual([status, stderr], [1, '']);
  assert.match(stdout, /^[^\n]+\n$/);
  assert.deepEqual(await helper.list(), {});
}

async function assertRefusedWith(helper: HelperUnderTest, input: string, sentence: string): Promise<void> {
  const outcome = await helper.run('store', input);
  assert.equal(outcome.stdout, `${sentence}\n`, input);
  await assertRefused(helper, outcome);
}

export const poorInput: ConformanceCases = {
  'store without a server is refused in the sentence for it': async (helper) => {
    for (const input of ['{"Username":"u","Secret":"a-secret"}', '{"ServerURL":"","Username":"u"}', '{}']) {
      await assertRefusedWith(helper, input, NO_SERVER_URL);
    }
  },

  'store without a user name is refused in the sentence for it': async (helper) => {
    const server = '"ServerURL":"registry.example.com"';
    for (const input of [
      `{${server},"Secret":"a-secret"}`,
      `{${server},"Username":"","Secret":"a-secret"}`,
    ]) {
      await assertRefusedWith(helper, input, NO_USERNAME);
    }
  },

  'store of what is no JSON object with texts is refused': async (helper) => {
    const wholeButTheEnd = '{"ServerURL":"registry.example.com","Username":"u","Secret":"a-secret"';
    for (const input of [
      '',
      '\n',
      '{',
      wholeButTheEnd,
      'null',
      '[]',
      '"a text"',
      '{"ServerURL":1,"Username":"u","Secret":"a-secret"}',
      '{"ServerURL":"registry.example.com","Username":["u"],"Secret":"a-secret"}',
      '{"ServerURL":"registry.example.com","Username":"u","Secret":{"a":"secret"}}',
    ]) {
      await assertRefused(helper, await helper.run('store', input));
    }
  },

  'members that nobody knows are passed over': async (helper) => {
    const input = '{"More":[1],"ServerURL":"registry.example.com","Username":"u","Secret":"a-secret"}';
    assert.deepEqual(await helper.run('store', input), SAID_NOTHING);
    assert.equal((await helper.answer('registry.example.com')).Secret, 'a-secret');
  },

  'of a member that comes twice the last counts': async (helper) => {
    const input =
      '{"ServerURL":"registry.example.com","Username":"one","Username":"two","Secret":"secret-one","Secret":"secret-two"}';
    assert.deepEqual(await helper.run('store', input), SAID_NOTHING);
    const { Username, Secret } = await helper.answer('registry.example.com');
    assert.deepEqual([Username, Secret], ['two', 'secret-two']);
  },

  'store of an empty secret is no failure': async (helper) => {
    assert.deepEqual(await helper.store('registry.example.com', 'u', ''), SAID_NOTHING);
  },

  'get without a server is refused in the sentence for it': async (helper) => {
    for (const input of ['', '\n', ' ']) {
      const expected = { status: 1, stdout: `${NO_SERVER_URL}\n`, stderr: '' };
      assert.deepEqual(await helper.run('get', input), expected);
    }
  },

  'erase without a server is refused in the sentence for it, and erases nothing': async (helper) => {
    await helper.keep('registry.example.com', 'u', 'a-secret');
    for (const input of ['', '\n', ' ']) {
      const expected = { status: 1, stdout: `${NO_SERVER_URL}\n`, stderr: '' };
      assert.deepEqual(await helper.run('erase', input), expected);
    }
    assert.deepEqual(await helper.list(), { 'registry.example.com': 'u' });
  },
};
