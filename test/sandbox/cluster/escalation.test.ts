import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compactRule, missingRules } from './escalation.ts';

const secrets = { verbs: ['get', 'list'], groups: [''], resources: ['secrets'] };

test('what is held in full is not missing, also when several rules hold it together', () => {
  assert.deepEqual(missingRules([secrets], [secrets]), []);
  const parts = ['get', 'list'].map((verb) => ({ ...secrets, verbs: [verb] }));
  assert.deepEqual(missingRules(parts, [secrets]), []);
  assert.deepEqual(missingRules([{ verbs: ['*'], groups: ['*'], resources: ['*'] }], [secrets]), []);
});

test('a wildcard is held only by who holds the wildcard', () => {
  const all = { ...secrets, verbs: ['*'] };
  assert.deepEqual(missingRules([secrets], [all]), [all]);
});

test('a grant for one name does not cover all names, while one for all covers one', () => {
  const one = { ...secrets, names: ['a'] };
  assert.deepEqual(missingRules([one], [secrets]), [secrets]);
  assert.deepEqual(missingRules([secrets], [one]), []);
});

test('a subresource is not covered by its resource', () => {
  const token = { verbs: ['create'], groups: [''], resources: ['serviceaccounts/token'] };
  const accounts = { ...token, resources: ['serviceaccounts'] };
  assert.deepEqual(missingRules([accounts], [token]), [token]);
  assert.deepEqual(missingRules([{ ...token, resources: ['*/token'] }], [token]), []);
});

test('paths are covered by prefixes', () => {
  const held = [{ verbs: ['get'], paths: ['/api/*'] }];
  assert.deepEqual(missingRules(held, [{ verbs: ['get'], paths: ['/api/v1'] }]), []);
  const version = { verbs: ['get'], paths: ['/version'] };
  assert.deepEqual(missingRules(held, [version]), [version]);
});

test('missing rights are worded as Kubernetes words them', () => {
  assert.equal(
    compactRule({ ...secrets, names: ['a'] }),
    '{APIGroups:[""], Resources:["secrets"], ResourceNames:["a"], Verbs:["get" "list"]}',
  );
});
