import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { runServiceAccount } from '../../../src/commands/service-account/run-service-account.ts';
import { AppError } from '../../../src/hosts/reason.ts';
import { host, ports } from './fake-ports.ts';

test('manifest asks no cluster and prints the same text each time', async () => {
  const args = [
    'manifest',
    'robots/puller',
    '--host',
    'registry.ci.openshift.org',
    '--image-namespace',
    'ocp',
  ];
  const more = [
    '--self-renew',
    '--machine',
    'ci-1',
    '--group',
    'team',
    '--members',
    'bob,alice',
    '--members',
    'eve',
  ];
  const texts: string[][] = [];
  for (const rest of [more, more]) {
    const { given, out, err } = ports();
    assert.equal(await runServiceAccount([...args, ...rest], given), 0);
    assert.deepEqual(err, []);
    texts.push(out);
  }
  assert.deepEqual(texts[0], texts[1]);
  const kinds = parseAllDocuments(texts[0]?.[0] ?? '').map((document) => document.toJS().kind);
  assert.deepEqual(kinds, [
    'Namespace',
    'ServiceAccount',
    'RoleBinding',
    'Secret',
    'Role',
    'RoleBinding',
    'Group',
    'RoleBinding',
    'RoleBinding',
  ]);
});

test('an error on the way is said with its fix and without secrets, exit 1', async () => {
  const token = `sha256~${'x'.repeat(43)}`;
  const error = new AppError({ code: 'X', message: `two logins fit ${token}`, fix: { run: 'oc whoami' } });
  const { given, err } = ports({ logIn: async () => Promise.reject(error) });
  assert.equal(await runServiceAccount(['create', 'robots/puller', '--host', host], given), 1);
  assert.deepEqual(err, ['two logins fit ***. Run: oc whoami']);
});

test('an error that no person can mend is not dressed up', async () => {
  const { given } = ports({ logIn: async () => Promise.reject(new TypeError('defect')) });
  await assert.rejects(runServiceAccount(['create', 'robots/puller', '--host', host], given), TypeError);
});
