import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeStrictly } from './strict-response.ts';

const V1 = 'credentialprovider.kubelet.k8s.io/v1';
const HEAD = `"kind":"CredentialProviderResponse","apiVersion":"${V1}"`;
const GOOD = `{${HEAD},"cacheKeyType":"Registry","cacheDuration":"4m30s","auth":{"a.example.com":{"username":"u","password":"p"}}}`;

test('a response is understood as a kubelet understands it', () => {
  assert.deepEqual(decodeStrictly(GOOD, V1), {
    cacheKeyType: 'Registry',
    cacheSeconds: 270,
    auth: { 'a.example.com': { username: 'u', password: 'p' } },
  });
  const least = `{${HEAD},"cacheKeyType":"Image"}`;
  assert.deepEqual(decodeStrictly(least, V1), { cacheKeyType: 'Image', cacheSeconds: undefined, auth: {} });
});

test('what a kubelet refuses is refused', () => {
  const wrong = {
    'nothing at all': '',
    'two objects': GOOD + GOOD,
    'another version': GOOD.replace('/v1"', '/v1beta1"'),
    'another kind': GOOD.replace('CredentialProviderResponse', 'CredentialProviderRequest'),
    'an unknown field': GOOD.replace('{', '{"more":1,'),
    'a field in other letters': GOOD.replace('cacheKeyType', 'CacheKeyType'),
    'no cacheKeyType': GOOD.replace('"cacheKeyType":"Registry",', ''),
    'a wrong cacheKeyType': GOOD.replace('Registry', 'registry'),
    'a key that is there twice': GOOD.replace('"auth"', '"cacheKeyType":"Registry","auth"'),
    'a duration in seconds': GOOD.replace('"4m30s"', '270'),
    'a duration without a unit': GOOD.replace('4m30s', '270'),
    'a login without a password': GOOD.replace(',"password":"p"', ''),
    'a login with more': GOOD.replace('"password":"p"', '"password":"p","email":""'),
    'a password that is no text': GOOD.replace('"p"', '1'),
    'auth that is a list': GOOD.replace(/"auth":.*/, '"auth":[]}'),
  };
  for (const [name, text] of Object.entries(wrong)) assert.throws(() => decodeStrictly(text, V1), name);
});
