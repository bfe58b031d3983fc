import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Answer,
  type CredentialAnswer,
  isUsable,
  MARGIN_MS,
  outlivesMargin,
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

test('a credential is given again for five minutes, and then checked', () => {
  assert.equal(isUsable(credential(null), NOW, NOW), true);
  assert.equal(isUsable(credential(null), NOW, NOW + 5 * MINUTE - 1), true);
  assert.equal(isUsable(credential(null), NOW, NOW + 5 * MINUTE), false);
});

test('a credential that nobody could be asked about is asked about again after half a minute', () => {
  const unchecked: Answer = { ...credential(null), unchecked: true };
  assert.equal(isUsable(unchecked, NOW, NOW + 29_999), true);
  assert.equal(isUsable(unchecked, NOW, NOW + 30_000), false);
});

test('a credential is not given again, unasked, from the moment on that its end is to be announced', () => {
  const announced: Answer = { ...credential(NOW + 86_400_000), warnAfterMs: NOW + MINUTE };
  assert.equal(isUsable(announced, NOW, NOW + MINUTE - 1), true);
  assert.equal(isUsable(announced, NOW, NOW + MINUTE), false);
});

test('a credential is not given again once its token has a minute left', () => {
  const answer = credential(NOW + 3 * MINUTE);
  assert.equal(isUsable(answer, NOW, NOW + 2 * MINUTE - 1), true);
  assert.equal(isUsable(answer, NOW, NOW + 2 * MINUTE), false);
});

test('"anonymous" is asked again after half a minute', () => {
  assert.equal(isUsable(anonymous, NOW, NOW + 29_999), true);
  assert.equal(isUsable(anonymous, NOW, NOW + 30_000), false);
});

test('a clock that was set back makes every answer unusable', () => {
  for (const answer of [credential(null), credential(NOW + 60 * MINUTE), anonymous]) {
    assert.equal(isUsable(answer, NOW, NOW - 1), false);
  }
});

test('times that are no numbers make an answer unusable', () => {
  assert.equal(isUsable(anonymous, Number.NaN, NOW), false);
  assert.equal(isUsable(credential(Number.NaN), NOW, NOW), false);
});
