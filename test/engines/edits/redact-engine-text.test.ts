import assert from 'node:assert/strict';
import { test } from 'node:test';
import { redactEngineText } from '../../../src/engines/edits/show-edit.ts';
import fc from '../../support/properties.ts';
import { configFileText } from './random-config-file.ts';

test('the names of helpers are shown, and every other value may be a secret', () => {
  const text = [
    '{',
    '  "auths": {"r.example.com": {"auth": "c2VjcmV0", "email": "me@example.com", "other": ["c2VjcmV0"]}},',
    '  "HttpHeaders": {"Authorization": "c2VjcmV0"}, "psFormat": "c2VjcmV0", "stackOrchestrator": 12345,',
    '  "proxies": {"default": {"httpProxy": "http://u:c2VjcmV0@proxy"}},',
    '  "plugins": {"scan": {"apiToken": "c2VjcmV0", "hooks": true}}, "secretKey": "c2VjcmV0",',
    '  "credHelpers": {"r.example.com": "openshift", "x": "c2Vjc mV0", "y": ["c2VjcmV0"]},',
    '  "CredsStore": "c2Vjc/mV0", "credsStore": "desktop", "currentContext": "rootless"',
    '}',
  ].join('\n');
  assert.equal(
    redactEngineText(text),
    [
      '{',
      '  "auths": {"r.example.com": {"auth": "…", "email": "…", "other": ["…"]}},',
      '  "HttpHeaders": {"Authorization": "…"}, "psFormat": "…", "stackOrchestrator": "…",',
      '  "proxies": {"default": {"httpProxy": "…"}},',
      '  "plugins": {"scan": {"apiToken": "…", "hooks": true}}, "secretKey": "…",',
      '  "credHelpers": {"r.example.com": "openshift", "x": "…", "y": ["…"]},',
      '  "CredsStore": "…", "credsStore": "desktop", "currentContext": "rootless"',
      '}',
    ].join('\n'),
  );
});

test('a password in a key is blacked out, wherever it stands, and however it is spelt', () => {
  const keys = [
    'https://bob:c2VjcmV0@r.example.com',
    'bob:c2VjcmV0@r.example.com',
    'https:\\/\\/c2VjcmV0\\u0040r',
  ];
  for (const key of keys) {
    for (const text of [
      `{"auths": {"${key}": {}}}`,
      `{"${key}": {"auth": "x"}}`,
      `{"credHelpers": {"${key}": "a"}}`,
    ]) {
      assert.doesNotMatch(redactEngineText(text), /c2VjcmV0/);
      assert.ok(redactEngineText(text).includes('***@r'));
    }
  }
});

test('all of a .dockercfg is logins', () => {
  const text = '{"https://r.example.com/v1/": {"auth": "eDp5", "note": "secret"}}';
  assert.equal(redactEngineText(text), '{"https://r.example.com/v1/": {"auth": "…", "note": "…"}}');
});

test('random files keep their lines and their structure, and show no string that was in them', () => {
  fc.assert(
    fc.property(configFileText, (text) => {
      const shown = redactEngineText(text);
      assert.equal(shown.split(/\r\n|\n|\r/).length, text.split(/\r\n|\n|\r/).length);
      const values: unknown[] = [];
      const own = ['openshift', 'gcloud', '', '…', true, false];
      JSON.parse(shown, (_key, value) => {
        if (typeof value !== 'object') values.push(value);
        return value;
      });
      assert.deepEqual(
        values.filter((value) => !own.includes(value as string)),
        [],
      );
    }),
    { numRuns: 2000 },
  );
});

test('of what can be no config of an engine nothing is shown but how many lines it has', () => {
  assert.equal(redactEngineText('{"auths": {"h": {"auth":\n "c2VjcmV0"'), '{… {… {…\n …');
  assert.equal(redactEngineText('c2VjcmV0'), '…');
  assert.doesNotMatch(redactEngineText(`{"a":${'['.repeat(100_000)}"c2VjcmV0"`), /c2V/);
});

test('what looks like a token is blacked out wherever it stands', () => {
  assert.equal(redactEngineText('{"sha256~c2VjcmV0": {"x": true}}'), '{"***": {"x": true}}');
});
