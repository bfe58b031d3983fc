import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSubject, subjectInWords } from '../../../src/commands/doctor/subject.ts';

const DIGEST = `sha256:${'ab'.repeat(32)}`;

test('a word is a registry host, an image or the URL of a console', () => {
  const kinds: Record<string, string | undefined> = {
    'registry.example.com': 'host',
    'registry.example.com:5000': 'host',
    'registry:5000': 'host',
    'https://registry.example.com': 'host',
    'https://registry.example.com/v2/': 'host',
    'registry.example.com/': 'host',
    localhost: 'host',
    'registry.example.com/ns/app': 'image',
    'registry.example.com/ns/app:tag': 'image',
    [`docker://registry.example.com/ns/app@${DIGEST}`]: 'image',
    busybox: 'image',
    'busybox:latest': 'image',
    'https://console.example.com/k8s/cluster/projects/ci-op-abc': 'console',
    'https://u:p@console.example.com/k8s/': undefined,
    'registry.example.com/Upper': undefined,
    'a b': undefined,
    '': undefined,
  };
  for (const [word, kind] of Object.entries(kinds)) assert.equal(parseSubject(word)?.kind, kind, word);
  assert.deepEqual(parseSubject(undefined), { kind: 'all' });
});

test('hosts come in the one spelling that is compared', () => {
  assert.deepEqual(parseSubject('HTTPS://Registry.Example.com:443/'), {
    kind: 'host',
    host: 'registry.example.com',
    asked: 'registry.example.com:443',
  });
  for (const word of ['docker.io', 'index.docker.io', 'https://index.docker.io/v1/', 'index.docker.io:443']) {
    assert.deepEqual(parseSubject(word), { kind: 'host', host: 'docker.io', asked: 'docker.io' }, word);
  }
  const image = parseSubject('registry.example.com:443/ns/app');
  assert.equal(image?.kind === 'image' && image.host, 'registry.example.com');
  assert.equal(image?.kind === 'image' && image.image.registry, 'registry.example.com:443');
});

test('an image is told as it was typed: a registry that was left out is not the same to podman', () => {
  const words = (text: string) => subjectInWords(parseSubject(text) ?? assert.fail());
  for (const text of ['busybox', 'busybox:latest', 'ns/app:1', `ns/app@${DIGEST}`, 'docker.io/ns/app']) {
    assert.equal(words(text), text);
  }
  assert.equal(words('docker://busybox'), 'docker.io/library/busybox');
});
