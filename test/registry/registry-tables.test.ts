import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type RegistryTable, rewritten, tableFor } from '../../src/registry/registry-tables.ts';

const table = (prefix: string, location = ''): RegistryTable => ({
  path: '/etc/containers/registries.conf',
  prefix,
  location,
  blocked: false,
  insecure: false,
  mirrors: [],
});

test('of several tables the one with the longest prefix counts, whatever their order', () => {
  const tables = [table('r.example.com'), table('r.example.com/team'), table('*.example.com')];
  for (const all of [tables, tables.toReversed()]) {
    assert.equal(tableFor('r.example.com/team/image', all)?.prefix, 'r.example.com/team');
    assert.equal(tableFor('other.example.com/image', all)?.prefix, '*.example.com');
    assert.equal(tableFor('quay.io/image', all), undefined);
  }
});

test('a prefix ends where a part of a name does', () => {
  for (const name of ['r.example.com', 'r.example.com/a', 'r.example.com:5000/a', 'r.example.com@sha256:a']) {
    assert.equal(tableFor(name, [table('r.example.com')])?.prefix, 'r.example.com', name);
  }
  assert.equal(tableFor('r.example.community/a', [table('r.example.com')]), undefined);
});

test('what is asked in the place of a prefix takes its place in the name, and without it the name stays', () => {
  assert.equal(
    rewritten('r.example.com/a/b', table('r.example.com/a', 'm.example.com/x')),
    'm.example.com/x/b',
  );
  assert.equal(rewritten('r.example.com/a', table('*.example.com', 'm.example.com')), 'm.example.com/a');
  assert.equal(rewritten('r.example.com/a', table('r.example.com')), 'r.example.com/a');
  assert.equal(rewritten('quay.io/a', table('r.example.com', 'm.example.com')), 'quay.io/a');
});
