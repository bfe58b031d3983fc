import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LONGEST_STORE, readTypedCredential, typedText } from '../../src/protocol/read-typed-credential.ts';

const refused = (message: RegExp) => ({ name: 'AppError', code: 'bad-credential', message });
const credential = (more: string) => `{"ServerURL":"r.example","Username":"u","Secret":"s"${more}}`;

test('JSON that nests deeper than the parser can follow is refused in words', () => {
  const levels = 200_000;
  const deep = credential(`,"more":${'['.repeat(levels)}${']'.repeat(levels)}`);
  assert.throws(() => readTypedCredential(deep), refused(/^the JSON on stdin is nested too deeply$/));
});

test('bytes that are no UTF-8 are refused, since another secret would be kept in their place', () => {
  const bytes = Buffer.from(credential(''), 'latin1');
  bytes[bytes.indexOf('"s"') + 1] = 0xff;
  assert.throws(() => typedText(bytes.toString('latin1')), refused(/^the credential is not in UTF-8$/));
});

test('a user name is short enough to be shown, and holds nothing that would show something else', () => {
  const named = (Username: string) =>
    readTypedCredential(JSON.stringify({ ServerURL: 'r.example', Username, Secret: 's' })).username;
  for (const name of ['a'.repeat(1024), 'Zoë', '周', 'أحمد', 'first last', '$oauthtoken', 'robot$a+b']) {
    assert.equal(named(name), name);
  }
  assert.throws(() => named('a'.repeat(1025)), refused(/^the user name is longer than 1 KB$/));
  for (const character of ['\u2028', '\u2029', '\u061c', '\u200e', '\u200f', '\u202e', '\u2066', '\u2069']) {
    assert.throws(() => named(`u${character}`), refused(/^the user name holds a line separator, or a char/));
  }
});

test('what is too large is told as that, also where it is cut in the middle of a character', () => {
  const bytes = Buffer.from('€'.repeat(LONGEST_STORE)).subarray(0, LONGEST_STORE);
  assert.throws(() => typedText(bytes.toString('latin1')), refused(/^the credential is larger than 1 MB$/));
});

test('every character that UTF-8 has comes through', () => {
  for (const text of ['äß€𝄞', '\uFEFF{}', '']) {
    assert.equal(typedText(Buffer.from(text).toString('latin1')), text);
  }
});
