import assert from 'node:assert/strict';
import type { ConformanceCases } from '../conformance-suite.ts';
import type { HelperUnderTest } from '../helper-under-test.ts';

const HOST = 'registry.example.com';

/** What is stored comes back byte for byte, and its user name is listed. */
async function assertKept(helper: HelperUnderTest, Username: string, Secret: string): Promise<void> {
  await helper.keep(HOST, Username, Secret);
  const answer = await helper.answer(HOST);
  // Compared here: a difference would tell the whole secret.
  assert.ok(answer.Secret === Secret, `a secret of ${Secret.length} characters comes back changed`);
  assert.equal(answer.Username, Username);
  assert.equal((await helper.list())[HOST], Username);
  await helper.run('erase', HOST);
}

export const hardTexts: ConformanceCases = {
  'user names with spaces, quotes and the like come back as they are': async (helper) => {
    for (const name of [
      'two words',
      `"quoted" 'twice' \\ and back`,
      'org+robot',
      '1234|service-account',
      'robot$project-name',
      'CORP\\person',
      'person@example.com',
      '-n',
      '%s%n',
      '<a>&amp;',
      'Žofie Škaloudová',
      '管理者 🔑',
      'é and e\u0301',
    ]) {
      await assertKept(helper, name, 'a-secret');
    }
  },

  'a user name with slashes comes back as it is': async (helper) => {
    for (const name of ['project/robot', '/etc/passwd', '../../robot'])
      await assertKept(helper, name, 'a-secret');
  },

  'secrets with spaces, quotes and the like come back as they are': async (helper) => {
    for (const secret of [
      's',
      ' with spaces at its ends ',
      `"quoted" 'twice' \\ and back`,
      '{"auths":{"registry.example.com":{"auth":"eA=="}}}',
      '<s>&amp;\u007f',
      '--secret',
      '$HOME `id` %s',
      'тайна, ключ 🔑, é and e\u0301, \u2028\u2029\u200b\ufeff.',
      'tab\tand\u0001control\u001b[31m',
    ]) {
      await assertKept(helper, 'robot', secret);
    }
  },

  'a secret of several lines comes back as it is': async (helper) => {
    for (const secret of ['one\ntwo', 'one\r\ntwo', '\none']) await assertKept(helper, 'robot', secret);
  },

  'a newline at the end of a secret stays': (helper) => assertKept(helper, 'robot', 'one line\n'),

  'a NUL in a secret stays': (helper) => assertKept(helper, 'robot', 'before\0after'),

  'a newline in a user name stays': (helper) => assertKept(helper, 'one\ntwo', 'a-secret'),

  'a user name with a NUL is no other user name': async (helper) => {
    const { status } = await helper.store(HOST, 'before\0after', 'a-secret');
    const listed = await helper.list();
    assert.deepEqual(listed, status === 0 ? { [HOST]: 'before\0after' } : {});
  },

  'long secrets come back as they are': async (helper) => {
    for (const length of [1, 2560, 2561, 11 * 1024, 16 * 1024]) {
      await assertKept(helper, 'robot', 'abcdefghijk'.repeat(length / 11 + 1).slice(0, length));
    }
    await assertKept(helper, 'robot', '🔑'.repeat(4096));
  },
};
