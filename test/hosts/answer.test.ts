import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Answer,
  type CredentialAnswer,
  MARGIN_MS,
  outlivesMargin,
  usableUntilMs,
} from '../../src/hosts/answer.ts';

const NOW = 1_700_000_000_000;
const MINUTE = 60_000;
const credential = (expiresAtMs: number | null): CredentialAnswer => ({
  kind: 'credential',
  username: 'alice',
  secret: 's',
  expiresAtMs,
});
const anonymous: Answer = { kind: 'anonymous', reasons: [] };

test('a token must have more than a minute left', () => {
  assert.equal(outlivesMargin(NOW + MARGIN_MS, NOW), false);
  assert.equal(outlivesMargin(NOW + MARGIN_MS + 1, NOW), true);
  assert.equal(outlivesMargin(NOW - 1, NOW), false);
  assert.equal(outlivesMargin(null, NOW), true);
});

test('a credential is given again for five minutes, and then checked', () =>
  assert.equal(usableUntilMs(credential(null), NOW), NOW + 5 * MINUTE));

test('a credential that nobody could be asked about is asked about again after half a minute', () =>
  assert.equal(usableUntilMs({ ...credential(null), unchecked: true }, NOW), NOW + 30_000));

test('a credential is not given again, unasked, from the moment on that its end is to be announced', () => {
  const announced: Answer = { ...credential(NOW + 86_400_000), warnAfterMs: NOW + MINUTE };
  assert.equal(usableUntilMs(announced, NOW), NOW + MINUTE);
});

test('a credential is not given again once its token has a minute left', () =>
  assert.equal(usableUntilMs(credential(NOW + 3 * MINUTE), NOW), NOW + 2 * MINUTE));

test('"anonymous" is asked again after half a minute', () =>
  assert.equal(usableUntilMs(anonymous, NOW), NOW + 30_000));

test('times that are no numbers make an answer unusable', () => {
  assert.equal(usableUntilMs(anonymous, Number.NaN), Number.NaN);
  assert.equal(usableUntilMs(credential(Number.NaN), NOW), Number.NaN);
});
