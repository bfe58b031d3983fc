import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normaliseServerUrl } from '../../src/registry/server-url.ts';
import fc from '../support/properties.ts';

test('one API server has one spelling', () => {
  for (const spelling of [
    'https://api.example.com:6443',
    'https://api.example.com:6443/',
    'HTTPS://API.Example.com:6443//',
    ' https://api.example.com:6443\n',
  ]) {
    assert.equal(normaliseServerUrl(spelling), 'https://api.example.com:6443');
  }
});

test("the scheme's own port is left out, and no other", () => {
  assert.equal(normaliseServerUrl('https://api.example.com:443'), 'https://api.example.com');
  assert.equal(normaliseServerUrl('http://api.example.com:80'), 'http://api.example.com');
  assert.equal(normaliseServerUrl('http://api.example.com:443'), 'http://api.example.com:443');
});

test('a path, as a cluster behind a proxy has one, is kept in its case', () =>
  assert.equal(
    normaliseServerUrl('https://Rancher.example.com/k8s/C-1/'),
    'https://rancher.example.com/k8s/C-1',
  ));

test('schemes and hosts that differ are different servers', () => {
  const spellings = ['https://a.example.com', 'http://a.example.com', 'https://a.example.com:6443'];
  assert.equal(new Set(spellings.map(normaliseServerUrl)).size, 3);
});

test('what is no http URL, or carries a user, a query or a fragment, is no server', () => {
  for (const text of [
    '',
    'api.example.com:6443',
    'ftp://api.example.com',
    'https://',
    'https://host:99999',
    'https://user@api.example.com',
    'https://u:p@api.example.com',
    'https://api.example.com/?x=y',
    'https://api.example.com/#x',
  ]) {
    assert.equal(normaliseServerUrl(text), null, text);
  }
});

test('to normalise twice changes nothing more', () => {
  fc.assert(
    fc.property(fc.oneof(fc.webUrl(), fc.string()), (text) => {
      const once = normaliseServerUrl(text);
      if (once !== null) assert.equal(normaliseServerUrl(once), once);
    }),
    { numRuns: 2000 },
  );
});
