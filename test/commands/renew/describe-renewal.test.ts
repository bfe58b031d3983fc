import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeRenewal } from '../../../src/commands/renew/describe-renewal.ts';

const GOOD = { kind: 'good', username: 'alice', warnings: [] } as const;
const HOUR_MS = 3_600_000;

test('when a token ends is told; one that never does is not one whose end nobody knows', () => {
  const told = (outcome: Parameters<typeof describeRenewal>[1]) =>
    describeRenewal('r.example.com', outcome, 0);
  assert.equal(told({ ...GOOD, expiresAtMs: HOUR_MS }), 'r.example.com: good, as alice, ends in 1 hour');
  assert.equal(told({ ...GOOD, expiresAtMs: null }), 'r.example.com: good, as alice, no known end');
  const endless = { ...GOOD, expiresAtMs: null, isEndless: true } as const;
  assert.equal(told(endless), 'r.example.com: good, as alice, without an end');
});
