import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { keptTokenFile, readKeptToken, saveKeptToken } from '../../src/files/kept-tokens.ts';
import type { KeptToken } from '../../src/hosts/keep-token.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const uid = process.geteuid?.();
const NOON = 1_700_000_000_000;
const HOUR = 3_600_000;
const now = { wallMs: NOON, uptimeMs: 5 * HOUR };
const token: KeptToken = { token: 't', startedAtMs: NOON - HOUR, expiresAtMs: NOON + 7 * HOUR };

const fileIn = (t: TestContext) => keptTokenFile(temporaryDirectory(t), 'abc123');

test('a token is kept in a file that nobody else may read, in a directory that nobody else may look into', async (t) => {
  const path = fileIn(t);
  await saveKeptToken(path, token, now, uid);
  assert.deepEqual(readKeptToken(path, uid, now), token);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.equal(statSync(path.slice(0, path.lastIndexOf('/'))).mode & 0o777, 0o700);
  chmodSync(path, 0o644);
  assert.equal(readKeptToken(path, uid, now), undefined);
});

test('where nothing is kept there is nothing', (t) =>
  assert.equal(readKeptToken(fileIn(t), uid, now), undefined));

test('what ends by itself within a day is kept, and a day of life is not a matter of seconds', async (t) => {
  const path = fileIn(t);
  const daily = { ...token, expiresAtMs: NOON + 24 * HOUR + 5000 };
  await saveKeptToken(path, daily, now, uid);
  assert.deepEqual(readKeptToken(path, uid, now), daily);
});

test('what lasts longer than a day, or for ever, lies in no file', async (t) => {
  for (const expiresAtMs of [NOON + 26 * HOUR, NOON + 30 * 24 * HOUR, Number.POSITIVE_INFINITY]) {
    const path = fileIn(t);
    await saveKeptToken(path, { ...token, expiresAtMs }, now, uid);
    assert.equal(existsSync(path), false);
  }
});

test('its times follow a clock that was set back', async (t) => {
  const path = fileIn(t);
  await saveKeptToken(path, token, now, uid);
  const later = { wallMs: NOON - 9 * 60_000, uptimeMs: 5 * HOUR + 60_000 };
  assert.deepEqual(readKeptToken(path, uid, later), {
    token: 't',
    startedAtMs: token.startedAtMs - 10 * 60_000,
    expiresAtMs: token.expiresAtMs - 10 * 60_000,
  });
});

test('neither a suspend of days nor a restart makes a token live longer', async (t) => {
  const path = fileIn(t);
  await saveKeptToken(path, token, now, uid);
  const wallMs = NOON + 72 * HOUR;
  for (const uptimeMs of [77 * HOUR, 60_000, 6 * HOUR, null]) {
    assert.deepEqual(readKeptToken(path, uid, { wallMs, uptimeMs }), token);
  }
});

test('a record that is torn, or of another make, is as good as none', async (t) => {
  const path = fileIn(t);
  await saveKeptToken(path, token, now, uid);
  const whole = readFileSync(path, 'utf8');
  for (const text of [
    '',
    whole.slice(0, -1),
    '[]',
    'null',
    '7',
    '{}',
    JSON.stringify({ ...token, token: 7 }),
    JSON.stringify({ ...token, expiresAtMs: null }),
    JSON.stringify({ token: 't', expiresAtMs: NOON }),
  ]) {
    writeFileSync(path, text, { mode: 0o600 });
    assert.equal(readKeptToken(path, uid, now), undefined, text);
  }
});

test('a record without the moment it was kept at is read as it is', async (t) => {
  const path = fileIn(t);
  await saveKeptToken(path, token, now, uid);
  writeFileSync(path, JSON.stringify(token), { mode: 0o600 });
  assert.deepEqual(readKeptToken(path, uid, now), token);
});
