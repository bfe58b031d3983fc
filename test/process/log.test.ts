import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logLine } from '../../src/process/log.ts';

test('a line is JSON, and what was left open is left out', () => {
  assert.equal(
    logLine({ host: 'r.example.com', ms: 3, missed: undefined, reasons: ['late'] }),
    '{"host":"r.example.com","ms":3,"reasons":["late"]}',
  );
});

test('whatever looks like a secret is blacked out of every field, and no field breaks the line or is long', () => {
  const secret = `sha256~${'S'.repeat(43)}`;
  const text = logLine({
    context: `team/${secret}`,
    proxy: 'http://user:PASSWORD@proxy:3128',
    reasons: [secret, 'a\nb'],
    path: `/x/${'y'.repeat(900)}`,
  });
  assert.doesNotMatch(text, /SSS|PASSWORD|\n/);
  const { path, ...rest } = JSON.parse(text);
  assert.deepEqual(rest, {
    context: 'team/***',
    proxy: 'http://***@proxy:3128',
    reasons: ['***', 'a b'],
  });
  assert.equal(path.length, 500);
});
