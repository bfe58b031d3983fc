import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shownArgument, shownName } from '../../src/hosts/quoting.ts';
import { holdsSecret, oneLine, printable, withoutSecrets } from '../../src/hosts/reason.ts';
import fc from '../support/properties.ts';

const SECRET = 'canary-0';
const URLS = [
  `https://user:${SECRET}@r.example.com`,
  `https://${SECRET}@r.example.com/v2/`,
  `http://user:pa/${SECRET}@proxy.example.com:3128`,
  `socks5://u:${SECRET}@[::1]:1080`,
  `user:${SECRET}@r.example.com:5000`,
  // As it is in the variable of a directory.
  `/home/alice/https:/user:${SECRET}@r.example.com/config.json`,
];

test('the user and password of a URL are not repeated, whichever printer they reach', () => {
  for (const url of URLS) {
    for (const print of [withoutSecrets, oneLine, shownName, shownArgument]) {
      assert.ok(!print(url).includes(SECRET), `${print.name} repeats that of ${url.replace(SECRET, '…')}`);
    }
    assert.ok(!oneLine(`the proxy ${url} did not answer`).includes(SECRET));
    assert.ok(holdsSecret(url));
  }
});

test('tokens that say what they are, and what follows a name of a secret, are not repeated', () => {
  for (const text of [
    `sha256~${SECRET}`,
    `ghp_${SECRET}`,
    `glpat-${SECRET}`,
    `Bearer ${SECRET}`,
    `https://x.example.com/?access_token=${SECRET}&x=y`,
    `--password=${SECRET}`,
  ]) {
    for (const print of [withoutSecrets, oneLine, shownName])
      assert.ok(!print(text).includes(SECRET), text.slice(0, 8));
  }
});

test('a token that is longer than what is shown of a name is blacked out all the same', () => {
  const name = `${'x'.repeat(70)} sha256~${'y'.repeat(43)}`;
  assert.ok(!shownName(name).includes('y'));
});

test('names, images and addresses without a secret stay as they are', () => {
  for (const text of [
    'https://api.example.com:6443/apis',
    'registry.example.com:5000/ns/app:1.2@sha256:0123456789abcdef',
    'https://registry.example.com:5000/v2/app@x',
    'default/api-example-com:6443/kube:admin',
    'alice@example.com',
    'C:/Users/alice@example.com/config.json',
    'https://oauth.example.com/oauth/authorize?code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&state=x',
    '{"server":"https://a.example.com","user":"alice@example.com"}',
  ]) {
    assert.equal(withoutSecrets(text), text);
  }
});

test('what drives a terminal or turns the direction of writing is written out, and JSON means the same as before', () => {
  const text = 'a\u202eb\u009b31mc\u001b]0;x\u0007\u{e0041}\r';
  const shown = printable(text);
  assert.match(shown, /^[\r -~]*$/);
  assert.ok(shown.includes('\\u202e') && shown.includes('\\udb40\\udc41'));
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      const json = printable(JSON.stringify({ value }, null, 2));
      assert.equal((JSON.parse(json) as { value: string }).value, value);
      assert.doesNotMatch(json, /[\p{Cf}\p{Zl}\p{Zp}]|(?![\n\t])\p{Cc}/u);
    }),
  );
});

test('lines, tabs and the line ends of Windows stay', () => {
  assert.equal(printable('{\n\t"a": 1\r\n}\r'), '{\n\t"a": 1\r\n}\r');
});

test('what is not seen, and the line breaks of a text, hide no secret', () => {
  for (const text of [
    `bob:x@r.example.com\b1:${SECRET}@r.example.com`,
    `Bearer${' '.repeat(20)}${SECRET}`,
    `Basic\n\n\n\n\n\n\n\n\n\n\n\n${SECRET}`,
  ])
    assert.ok(!oneLine(text).includes(SECRET), JSON.stringify(text));
});

test('each URL of a list is shown without its user', () => {
  for (const text of [
    `http://u:x@a.example.com,http://v:${SECRET}@b.example.com`,
    `http://a.example.com,http://v:${SECRET}@b.example.com`,
    `//v:${SECRET}@b.example.com`,
    `u:x@a.example.com,v:${SECRET}@b.example.com`,
  ])
    assert.ok(!withoutSecrets(text).includes(SECRET), text);
});

test('a digest after a port is no user of a URL, and a login without a scheme is', () => {
  const image = 'r.example.com:5000@sha256:abcd';
  assert.equal(withoutSecrets(image), image);
  assert.equal(withoutSecrets('me:pass@r.example.com'), '***@r.example.com');
});
