import assert from 'node:assert/strict';
import type { ConformanceCases } from '../conformance-suite.ts';
import type { HelperUnderTest } from '../helper-under-test.ts';

const HOST = 'registry.example.com';

/** What is stored comes back byte for byte, and the user names are listed. */
async function assertKept(
  helper: HelperUnderTest,
  credentials: readonly { readonly name: string; readonly secret: string }[],
): Promise<void> {
  const expected: Record<string, string> = {};
  for (const [index, { name, secret }] of credentials.entries()) {
    const host = `registry-${index}.example.com`;
    await helper.keep(host, name, secret);
    const { Username, Secret } = await helper.answer(host);
    // Compared here: a difference would tell the whole secret.
    assert.ok(Secret === secret, `secret ${index}, of ${secret.length} characters, comes back changed`);
    assert.equal(Username, name);
    expected[host] = name;
  }
  assert.deepEqual(await helper.list(), expected);
}

function assertNamesKept(helper: HelperUnderTest, names: readonly string[]): Promise<void> {
  return assertKept(
    helper,
    names.map((name) => ({ name, secret: 'a-secret' })),
  );
}

function assertSecretsKept(helper: HelperUnderTest, secrets: readonly string[]): Promise<void> {
  return assertKept(
    helper,
    secrets.map((secret) => ({ name: 'robot', secret })),
  );
}

export const hardTexts: ConformanceCases = {
  'user names with spaces, quotes and the like come back as they are': (helper) =>
    assertNamesKept(helper, [
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
    ]),

  'a user name with slashes comes back as it is': (helper) =>
    assertNamesKept(helper, ['project/robot', '/etc/passwd', '../../robot']),

  'secrets with spaces, quotes and the like come back as they are': (helper) =>
    assertSecretsKept(helper, [
      's',
      ' with spaces at its ends ',
      `"quoted" 'twice' \\ and back`,
      '{"auths":{"registry.example.com":{"auth":"eA=="}}}',
      '<s>&amp;\u007f',
      '--secret',
      '$HOME `id` %s',
      'тайна, ключ 🔑, é and e\u0301, \u2028\u2029\u200b\ufeff.',
      'tab\tand\u0001control\u001b[31m',
    ]),

  'a secret of several lines comes back as it is': (helper) =>
    assertSecretsKept(helper, ['one\ntwo', 'one\r\ntwo', '\none']),

  'a newline at the end of a secret stays': (helper) => assertSecretsKept(helper, ['one line\n']),

  'a NUL in a secret stays': (helper) => assertSecretsKept(helper, ['before\0after']),

  'a newline in a user name stays': (helper) => assertNamesKept(helper, ['one\ntwo']),

  'a user name with a NUL is no other user name': async (helper) => {
    const { status } = await helper.store(HOST, 'before\0after', 'a-secret');
    const listed = await helper.list();
    assert.deepEqual(listed, status === 0 ? { [HOST]: 'before\0after' } : {});
  },

  'long secrets come back as they are': (helper) =>
    assertSecretsKept(helper, [
      ...[1, 2560, 2561, 11 * 1024, 16 * 1024].map((length) =>
        'abcdefghijk'.repeat(length / 11 + 1).slice(0, length),
      ),
      '🔑'.repeat(4096),
    ]),
};
