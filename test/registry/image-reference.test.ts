import assert from 'node:assert/strict';
import { test } from 'node:test';
import { imageInWords, parseImageReference, whyNoImage } from '../../src/registry/image-reference.ts';

const DIGEST = `sha256:${'ab'.repeat(32)}`;

test('an image is read as engines read it', () => {
  const cases: Record<string, readonly (string | undefined)[]> = {
    'registry.example.com/ns/app:1.0': ['registry.example.com', 'ns/app', '1.0', undefined],
    'registry.example.com:5000/app': ['registry.example.com:5000', 'app', undefined, undefined],
    [`r.example.com/ns/app:t@${DIGEST}`]: ['r.example.com', 'ns/app', 't', DIGEST],
    [`docker://r.example.com/a/b/c@${DIGEST}`]: ['r.example.com', 'a/b/c', undefined, DIGEST],
    'localhost/app': ['localhost', 'app', undefined, undefined],
    '[::1]:5000/app': ['[::1]:5000', 'app', undefined, undefined],
    busybox: ['docker.io', 'library/busybox', undefined, undefined],
    'busybox:1.36': ['docker.io', 'library/busybox', '1.36', undefined],
    'bitnami/redis': ['docker.io', 'bitnami/redis', undefined, undefined],
    'docker.io/busybox': ['docker.io', 'library/busybox', undefined, undefined],
    'UPPER/app': ['UPPER', 'app', undefined, undefined],
  };
  for (const [text, [registry, repository, tag, digest]] of Object.entries(cases)) {
    assert.deepEqual(parseImageReference(text), { registry, repository, tag, digest }, text);
  }
});

test('what engines refuse is no image', () => {
  const wrong = [
    '',
    'Upper',
    'r.example.com/Upper',
    'r.example.com/',
    'r.example.com//app',
    'r.example.com/app:',
    'r.example.com/app:-x',
    'r.example.com/app@sha256:abc',
    `r.example.com/app@${DIGEST.slice(0, -8)}`,
    `r.example.com/app@sha256:${'AB'.repeat(32)}`,
    'r.example.com/app name',
    '-r.example.com/app',
    'ab'.repeat(32),
    `r.example.com/${'a'.repeat(256)}`,
  ];
  for (const text of wrong) assert.equal(parseImageReference(text), undefined, text);
});

test('an image is told in full', () => {
  for (const text of ['docker.io/library/busybox:1', 'r.example.com/ns/app', `r.example.com/a@${DIGEST}`]) {
    const image = parseImageReference(text);
    assert.ok(image !== undefined);
    assert.equal(imageInWords(image), text);
  }
});

test('why a word is no image is told where that can be', () => {
  const reasons: Record<string, RegExp | undefined> = {
    'UPPER/Case:1': /lower case/,
    'r.example.com/ns/App': /lower case/,
    'r.example.com/app@sha256:abc': /not a digest \(sha256: and 64 hexadecimal digits\)/,
    [`r.example.com/app@${DIGEST.slice(0, -8)}`]: /not a digest/,
    'r.example.com/app:-x': /not a tag/,
    'r.example.com/app@sha512:': /not a digest/,
    'r.example.com//app': undefined,
    'r.example.com/': /nothing stands between/,
    [`r.example.com/${'a'.repeat(256)}`]: /longer than 255/,
    // Its repository is library/aaa…
    ['a'.repeat(250)]: undefined,
    'r.example.com:/app': undefined,
    '[2001:db8::1]:/app': undefined,
    'https://u:p@r.example.com/x': undefined,
    'a b': undefined,
    Upper: undefined,
  };
  for (const [text, reason] of Object.entries(reasons)) {
    assert.equal(parseImageReference(text), undefined, text);
    if (reason === undefined) assert.equal(whyNoImage(text), undefined, text);
    else assert.match(whyNoImage(text) ?? '', reason, text);
  }
});
