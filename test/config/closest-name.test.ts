import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closestName } from '../../src/config/closest-name.ts';

test('a slip of one or two letters finds the name', () => {
  const names = ['server', 'user', 'context', 'anonymous'];
  assert.equal(closestName('sever', names), 'server');
  assert.equal(closestName('Users', names), 'user');
  assert.equal(closestName('contxet', names), 'context');
});

test('a word that is far from all names finds none', () => {
  const names = ['server', 'user'];
  assert.equal(closestName('token', names), undefined);
  assert.equal(closestName('u', names), undefined);
  assert.equal(closestName('x'.repeat(100_000), names), undefined);
});
