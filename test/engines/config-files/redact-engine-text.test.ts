import assert from 'node:assert/strict';
import { test } from 'node:test';
import { redactEngineText } from '../../../src/engines/redact-engine-text.ts';

test('logins, headers and proxies are blacked out, and what is no secret stays', () => {
  const text = [
    '{',
    '  "auths": {"r.example.com": {"auth": "c2VjcmV0", "email": "me@example.com", "other": ["c2VjcmV0"]}},',
    '  "HttpHeaders": {"Authorization": "c2VjcmV0"},',
    '  "proxies": {"default": {"httpProxy": "http://u:c2VjcmV0@proxy"}},',
    '  "plugins": {"x": {"identitytoken": "c2VjcmV0", "Password": "c2VjcmV0", "hooks": "pull"}},',
    '  "credHelpers": {"r.example.com": "openshift"}, "credsStore": "desktop"',
    '}',
  ].join('\n');
  assert.equal(
    redactEngineText(text),
    [
      '{',
      '  "auths": {"r.example.com": {"auth": "…", "email": "…", "other": ["…"]}},',
      '  "HttpHeaders": {"Authorization": "…"},',
      '  "proxies": {"default": {"httpProxy": "…"}},',
      '  "plugins": {"x": {"identitytoken": "…", "Password": "…", "hooks": "pull"}},',
      '  "credHelpers": {"r.example.com": "openshift"}, "credsStore": "desktop"',
      '}',
    ].join('\n'),
  );
});

test('a key that is spelt with escapes hides no secret', () => {
  assert.equal(redactEngineText('{"x": {"\\u0061uth": "c2VjcmV0"}}'), '{"x": {"\\u0061uth": "…"}}');
});

test('all of a .dockercfg is logins', () => {
  const text = '{"https://r.example.com/v1/": {"auth": "eDp5", "note": "secret"}}';
  assert.equal(redactEngineText(text, true), '{"https://r.example.com/v1/": {"auth": "…", "note": "…"}}');
});

test('of what can be no config of an engine nothing is shown but how many lines it has', () => {
  assert.equal(redactEngineText('{"auths": {"h": {"auth":\n "c2VjcmV0"'), '{… {… {…\n …');
  assert.equal(redactEngineText('c2VjcmV0'), '…');
  assert.doesNotMatch(redactEngineText(`{"a":${'['.repeat(100_000)}"c2VjcmV0"`), /c2V/);
});

test('what looks like a token is blacked out wherever it stands', () => {
  assert.equal(redactEngineText('{"aliases": {"x": "sha256~c2VjcmV0"}}'), '{"aliases": {"x": "***"}}');
});
