import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseServiceAccount } from '../../src/hosts/identity.ts';

test('a namespace and a name make a service account', () => {
  assert.deepEqual(parseServiceAccount('ci/puller'), { namespace: 'ci', name: 'puller' });
  assert.deepEqual(parseServiceAccount('ci-1/image.puller-2'), { namespace: 'ci-1', name: 'image.puller-2' });
  assert.deepEqual(parseServiceAccount(`${'n'.repeat(63)}/${'a'.repeat(253)}`)?.name.length, 253);
});

test('what could not stand in a path of the API is none', () => {
  for (const text of [
    '',
    'puller',
    '/',
    'ci/',
    '/puller',
    'ci/a/b',
    'ci/..',
    '../ci',
    'ci.a/b',
    'ci/-a',
    'ci/a-',
    'Ci/a',
    'ci/a b',
    'ci/a\n',
    'ci/a%2f',
    `${'n'.repeat(64)}/a`,
    `n/${'a'.repeat(254)}`,
  ]) {
    assert.equal(parseServiceAccount(text), undefined, text);
  }
});
