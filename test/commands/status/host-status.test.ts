import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostStatus, loginOf, problemIn } from '../../../src/commands/status/host-status.ts';
import type { Reason } from '../../../src/hosts/reason.ts';
import type { Resolution } from '../../../src/hosts/resolve-host.ts';
import { identity } from '../../support/identities.ts';
import { DAY, facts, HOUR, MINUTE, NOW } from './sample-hosts.ts';

const told = (changes: Parameters<typeof facts>[0]) => {
  const { state, urgency, reasons, command } = hostStatus(facts(changes), NOW);
  return { state, urgency, problem: problemIn(reasons), command };
};
const fine = { problem: '', command: undefined };
const reason = (why: string, run?: string): Reason =>
  run === undefined ? { code: 'r', why } : { code: 'r', why, fix: { run } };

test('a login turns amber in its last week, red on its last day, and names the command from then on', () => {
  assert.deepEqual(told({}), { state: 'good', urgency: 'green', ...fine });
  const command = 'login app.ci';
  assert.deepEqual(told({ expiresAtMs: NOW + 6 * DAY }), {
    state: 'ends-soon',
    urgency: 'amber',
    problem: 'Your login to app.ci ends in 6 days [ends-soon].',
    command,
  });
  assert.equal(told({ expiresAtMs: NOW + 20 * HOUR }).urgency, 'red');
  assert.deepEqual(told({ expiresAtMs: NOW - HOUR }), {
    state: 'ended',
    urgency: 'red',
    problem: 'Your login to app.ci expired 1 hour ago [token-expired].',
    command,
  });
  assert.equal(told({ expiresAtMs: NOW + MINUTE / 2 }).state, 'ended');
});

test('a login of a day is not amber when it is made, but in its last quarter', () => {
  const day = { lifeMs: DAY };
  assert.equal(told({ ...day, expiresAtMs: NOW + 23 * HOUR }).urgency, 'green');
  assert.equal(told({ ...day, expiresAtMs: NOW + 5 * HOUR }).urgency, 'amber');
});

test('a typed login whose end only a person can move is told of in the same way, and a robot’s is not', () => {
  const typed = {
    renews: 'stored',
    words: { cluster: 'c', phrase: 'The login of robot', fix: { run: 'x' } },
  } as const;
  assert.deepEqual(told({ ...typed, expiresAtMs: NOW + 6 * DAY }), {
    state: 'ends-soon',
    urgency: 'amber',
    problem: 'The login of robot ends in 6 days [ends-soon].',
    command: 'x',
  });
  assert.equal(told({ ...typed, expiresAtMs: NOW + 3 * MINUTE, lifeMs: 5 * MINUTE }).urgency, 'green');
  assert.equal(told({ ...typed, expiresAtMs: NOW + 2 * MINUTE, lifeMs: 5 * MINUTE }).urgency, 'amber');
  const robots = { renews: 'stored', words: undefined, lifeMs: undefined, expiresAtMs: NOW + DAY } as const;
  assert.deepEqual(told(robots), { state: 'good', urgency: 'green', ...fine });
});

test('what renews itself is amber where its renewal is overdue, and asks nothing of a person', () => {
  const minted = { renews: 'itself', lifeMs: 8 * HOUR } as const;
  assert.deepEqual(told({ ...minted, expiresAtMs: NOW + 3 * HOUR }), {
    state: 'good',
    urgency: 'green',
    ...fine,
  });
  assert.deepEqual(told({ ...minted, expiresAtMs: NOW + HOUR }), {
    state: 'good',
    urgency: 'amber',
    ...fine,
  });
});

test('a token without an end is good, and one that nobody was asked about is not known', () => {
  assert.deepEqual(told({ expiresAtMs: null }), { state: 'good', urgency: 'green', ...fine });
  assert.equal(told({ expiresAtMs: undefined }).state, 'good');
  assert.deepEqual(told({ expiresAtMs: undefined, checkedAtMs: undefined }), {
    state: 'unknown',
    urgency: undefined,
    ...fine,
  });
});

test('what no one command fixes is explained by doctor', () => {
  assert.deepEqual(told({ reasons: [reason('There is none')] }), {
    state: 'none',
    urgency: 'red',
    problem: 'There is none [r].',
    command: `docker-credential-openshift doctor ${facts().host}`,
  });
});

test('of several things that are wrong each is told, and the command of the first is the one to begin with', () => {
  const expired = reason('Your login to app.ci expired', 'login app.ci');
  const reasons = [reason('The login of robot expired', 'docker login r'), expired];
  assert.deepEqual(told({ reasons }), {
    state: 'none',
    urgency: 'red',
    problem: 'The login of robot expired [r]. Your login to app.ci expired [r].',
    command: 'docker login r',
  });
  const locked = { code: 'keyring-locked', why: 'The keyring is locked', fix: { do: 'Unlock it.' } };
  const advice = told({ reasons: [locked, expired] });
  assert.equal(
    advice.problem,
    'The keyring is locked [keyring-locked]. Unlock it. Your login to app.ci expired [r].',
  );
  assert.equal(advice.command, 'login app.ci');
});

test('a good token is good though what should have come before it did not, and that is told with what fixes it', () => {
  const warnings = [reason('The login of robot was refused', 'docker login r')];
  const problem = 'The login of robot was refused [r].';
  const fix = { problem, command: 'docker login r' };
  assert.deepEqual(told({ warnings }), { state: 'good', urgency: 'amber', ...fix });
  assert.equal(told({ warnings, expiresAtMs: undefined, checkedAtMs: undefined }).state, 'unknown');
  const late = told({ warnings, expiresAtMs: NOW + 20 * HOUR });
  assert.deepEqual(late, {
    state: 'ends-soon',
    urgency: 'red',
    problem: `${problem} Your login to app.ci ends in 20 hours [ends-soon].`,
    command: 'docker login r',
  });
  const ending = {
    code: 'ends-soon',
    why: 'Your login to app.ci ends in 20 hours',
    fix: { run: 'login app.ci' },
  };
  assert.deepEqual(told({ warnings: [...warnings, ending], expiresAtMs: NOW + 20 * HOUR }), late);
});

test('a host that is signed out, or anonymous, is no fault', () => {
  for (const silent of ['signed-out', 'anonymous'] as const) {
    assert.deepEqual(told({ silent, expiresAtMs: NOW - DAY }), {
      state: silent,
      urgency: undefined,
      ...fine,
    });
  }
});

test('a login that an engine takes in place of the answer is told of a host that has one, and of no other', () => {
  const overriding = reason('podman uses the login "r" in /auth.json instead of this helper', 'renew r');
  const own: Resolution = {
    host: 'r',
    state: 'own',
    binding: { kind: 'current' },
    own: { identity: identity(), origin: 'current', order: undefined } as unknown as NonNullable<
      Resolution['own']
    >,
    reasons: [],
    warnings: [],
    overrides: [{ engine: 'podman', reason: overriding }],
    fix: undefined,
  };
  const { state, urgency, command } = hostStatus({ ...loginOf(own), checkedAtMs: NOW }, NOW);
  assert.deepEqual([state, urgency, command], ['good', 'amber', 'renew r']);
  const { own: _, ...foreign } = own;
  const stranger = loginOf({ ...foreign, state: 'unknown', binding: { kind: 'foreign' } });
  assert.deepEqual(hostStatus(stranger, NOW).reasons, []);
});
