import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asEnginesAsk, engineNamesOf, isKeyOf } from '../../src/registry/engine-names.ts';

test('engines may ask for a host with its port, which it has but one of', () => {
  assert.deepEqual(engineNamesOf('r.example.com'), ['r.example.com', 'r.example.com:443']);
  assert.deepEqual(engineNamesOf('[::1]'), ['[::1]', '[::1]:443']);
  assert.deepEqual(engineNamesOf('r.example.com:5000'), ['r.example.com:5000']);
});

test('whoever types the port of https is taken at their word', () => {
  const host = 'r.example.com';
  for (const typed of ['r.example.com:443', 'https://R.example.com:443/v2/', ' r.example.com:443/ns/app '])
    assert.equal(asEnginesAsk(typed, host), 'r.example.com:443');
  for (const typed of ['r.example.com', 'https://r.example.com/v1/', 'r.example.com/a:443'])
    assert.equal(asEnginesAsk(typed, host), host);
});

test('a key is of a host in each spelling of it, and of Docker Hub by all of its names; one that names no host is of none', () => {
  assert.ok(isKeyOf('https://R.example.com/v1/', 'r.example.com'));
  assert.ok(isKeyOf('https://index.docker.io/v1/', 'docker.io'));
  for (const key of ['other.example.com', '', 'not a host']) assert.ok(!isKeyOf(key, 'r.example.com'), key);
});
