import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Answer } from '../../src/hosts/answer.ts';
import { AppError } from '../../src/hosts/reason.ts';
import {
  LONGEST_PROVIDER_REQUEST,
  providerResponse,
  readProviderRequest,
  versionAskedIn,
} from '../../src/kubelet/protocol.ts';
import { decodeStrictly } from './strict-response.ts';

const GROUP = 'credentialprovider.kubelet.k8s.io';
const request = (fields: object, version = 'v1') =>
  JSON.stringify({ kind: 'CredentialProviderRequest', apiVersion: `${GROUP}/${version}`, ...fields });
const read = (image: string) => readProviderRequest(request({ image }));
const refusal = (text: string): string => {
  try {
    readProviderRequest(text);
  } catch (error) {
    assert.ok(error instanceof AppError);
    assert.ok(!error.message.includes('SECRET'), error.message);
    return error.code;
  }
  return 'none';
};

test('an image names its registry, as it stands and as this program compares it', () => {
  const registries = {
    'registry.example.com/ns/name': 'registry.example.com',
    'registry.example.com:5000/ns/name': 'registry.example.com:5000',
    'registry.example.com/ns/name:tag': 'registry.example.com',
    [`registry.example.com/ns/name@sha256:${'a'.repeat(64)}`]: 'registry.example.com',
    'localhost/name': 'localhost',
    '[::1]:5000/ns/name': '[::1]:5000',
  };
  for (const [image, registry] of Object.entries(registries)) {
    const { registry: asItStands, host } = read(image);
    assert.deepEqual([asItStands, host], [registry, registry], image);
  }
  const spelt = {
    'Registry.example.com/a/b': 'registry.example.com',
    'registry.example.com:443/a/b': 'registry.example.com',
  };
  for (const [image, host] of Object.entries(spelt)) {
    assert.deepEqual([read(image).registry, read(image).host], [image.split('/')[0], host]);
  }
});

test('each version is answered in kind, and what asks in none in the current one', () => {
  for (const version of ['v1', 'v1beta1', 'v1alpha1']) {
    const text = request({ image: 'a.example.com/b' }, version);
    assert.equal(readProviderRequest(text).version, version);
    assert.equal(versionAskedIn(text), version);
    assert.equal(versionAskedIn(text.slice(0, -5)), version, 'it may be cut short');
  }
  for (const text of ['', '{}', request({}, 'v2'), request({}, 'v1gamma'), '"apiVersion":']) {
    assert.equal(versionAskedIn(text), 'v1', text);
  }
});

test('the token and the annotations of a pod are read, and what a later kubelet adds is no fault', () => {
  const text = request({
    image: 'a.example.com/b',
    serviceAccountToken: 'SECRET',
    serviceAccountAnnotations: { 'example.com/x': 'y' },
    podName: 'new',
  });
  const { token, annotations } = readProviderRequest(text);
  assert.deepEqual([token, annotations], ['SECRET', { 'example.com/x': 'y' }]);
  const bare = read('a.example.com/b');
  assert.deepEqual([bare.token, bare.annotations], [undefined, {}]);
  assert.equal(
    readProviderRequest(request({ image: 'a.example.com/b', serviceAccountToken: '' })).token,
    undefined,
  );
});

test('what is no request is refused without a word of the token in it', () => {
  const image = 'a.example.com/b';
  const bad = [
    '',
    'SECRET',
    '{"serviceAccountToken":"SECRET"',
    'null',
    '[]',
    '{}',
    request({ image }, 'v2'),
    request({ image, kind: 'CredentialProviderResponse' }),
    request({ image, apiVersion: 'v1' }),
    request({}),
    request({ image: '' }),
    request({ image: 5 }),
    request({ image: 'a.example.com/B c' }),
    request({ image: 'https://a.example.com/b' }),
    request({ image: '*.example.com/b' }),
    request({ image: '[::1]/b' }),
    request({ image: `a.example.com/b@sha256:short` }),
    request({ image, serviceAccountToken: { SECRET: 1 } }),
    request({ image, serviceAccountToken: 'SECRET', serviceAccountAnnotations: ['x'] }),
    request({ image, serviceAccountToken: 'SECRET', serviceAccountAnnotations: { x: 1 } }),
    request({ image, serviceAccountAnnotations: { x: 'y'.repeat(LONGEST_PROVIDER_REQUEST) } }),
  ];
  for (const text of bad) assert.equal(refusal(text), 'bad-provider-request', text.slice(0, 200));
  for (const name of ['nginx', 'nginx:1', 'library/nginx']) {
    assert.equal(refusal(request({ image: name })), 'image-without-host', name);
  }
});

test('a megabyte of annotations is read', () => {
  const annotations = { x: 'y'.repeat(1024 * 1024) };
  const text = request({ image: 'a.example.com/b', serviceAccountAnnotations: annotations });
  assert.deepEqual(readProviderRequest(text).annotations, annotations);
});

const NOW = 1_800_000_000_000;
const credential = (leftMs: number | null, more: object = {}): Answer => ({
  kind: 'credential',
  username: 'u',
  secret: 'p',
  expiresAtMs: leftMs === null ? null : NOW + leftMs,
  ...more,
});
const respond = (answer: Answer, version: 'v1' | 'v1beta1' = 'v1') => {
  const { out, err, status } = providerResponse({ version, registry: 'a.example.com:5000' }, answer, NOW);
  assert.equal(status, 0);
  return { ...decodeStrictly(out, `${GROUP}/${version}`), err };
};

test('a credential is for its registry alone', () => {
  const { cacheKeyType, auth, err } = respond(credential(null), 'v1beta1');
  assert.deepEqual(
    [cacheKeyType, auth, err],
    ['Registry', { 'a.example.com:5000': { username: 'u', password: 'p' } }, ''],
  );
});

test('a kubelet keeps a credential for half of what is left of it, for five minutes at most, and never into its last minute', () => {
  const MINUTE = 60_000;
  assert.equal(respond(credential(null)).cacheSeconds, 300);
  assert.equal(respond(credential(60 * MINUTE)).cacheSeconds, 300);
  assert.equal(respond(credential(10 * MINUTE)).cacheSeconds, 300);
  assert.equal(respond(credential(8 * MINUTE)).cacheSeconds, 240);
  assert.equal(respond(credential(4 * MINUTE + 1500)).cacheSeconds, 120);
  assert.equal(respond(credential(90_000)).cacheSeconds, 30);
  assert.equal(respond(credential(61_000)).cacheSeconds, 1);
  assert.equal(respond(credential(1000)).cacheSeconds, 0);
  assert.equal(respond(credential(null, { unchecked: true })).cacheSeconds, 30);
});

test('that there is none is kept for half a minute, and why is said in one line', () => {
  const reasons = [{ code: 'token-expired', why: 'It expired', fix: { run: 'oc login' } }];
  const { cacheSeconds, auth, err } = respond({ kind: 'anonymous', reasons });
  assert.deepEqual([cacheSeconds, auth], [30, {}]);
  assert.equal(err, 'docker-credential-openshift: It expired [token-expired]. Run: oc login');
  assert.equal(respond({ kind: 'anonymous', reasons: [] }).err, '');
});
