import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeRenewal, outcomeOf } from '../../../src/commands/renew/renew-outcome.ts';
import type { Decision } from '../../../src/hosts/decide-answer.ts';
import { identity, TOKEN } from '../../support/identities.ts';

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

test('the end of a person’s login is told each time in its last week, or in the second half of a shorter life, and no robot’s', () => {
  const DAY_MS = 24 * HOUR_MS;
  const answer = {
    kind: 'credential',
    username: 'alice',
    secret: TOKEN,
    expiresAtMs: 6 * DAY_MS,
    refreshAtMs: 0,
  };
  const decision = { answer, identity: identity(), isPersons: true, knowledge: { lifeMs: 30 * DAY_MS } };
  const codes = (more: object = {}) => {
    const outcome = outcomeOf('r.example.com', { ...decision, ...more } as unknown as Decision, 0);
    assert.ok(outcome.kind === 'good');
    return [outcome.announcement?.code, ...outcome.warnings.map(({ code }) => code)];
  };
  assert.deepEqual(codes(), ['ends-soon', 'ends-soon']);
  const said = { code: 'ends-soon', why: 'It ends in 6 days' };
  assert.deepEqual(codes({ warnings: [{ code: 'other', why: 'x' }, said] }), [
    'ends-soon',
    'other',
    'ends-soon',
  ]);
  assert.deepEqual(codes({ isPersons: false }), [undefined]);
  const ofADay = (leftMs: number) =>
    codes({ answer: { ...answer, expiresAtMs: leftMs }, knowledge: { lifeMs: DAY_MS } });
  assert.deepEqual(ofADay(20 * HOUR_MS), [undefined]);
  assert.deepEqual(ofADay(12 * HOUR_MS), [undefined, 'ends-soon']);
  const none = { code: 'no-login', why: 'nobody' };
  const anonymous = outcomeOf('r', { answer: { kind: 'anonymous', reasons: [none] } } as Decision, 0);
  assert.deepEqual(anonymous, { kind: 'none', reasons: [none] });
});
