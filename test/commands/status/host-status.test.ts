import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostStatus } from '../../../src/commands/status/host-status.ts';
import { DAY, facts, HOUR, MINUTE, NOW } from './sample-hosts.ts';

const told = (changes: Parameters<typeof facts>[0]) => {
  const { state, urgency, problem, command } = hostStatus(facts(changes), NOW);
  return { state, urgency, problem, command };
};
const fine = { problem: undefined, command: undefined };

test('a login turns amber in its last week, red on its last day, and names the command from then on', () => {
  assert.deepEqual(told({}), { state: 'good', urgency: 'green', ...fine });
  const command = 'login app.ci';
  assert.deepEqual(told({ expiresAtMs: NOW + 6 * DAY }), {
    state: 'ends-soon',
    urgency: 'amber',
    problem: 'Your login to app.ci ends in 6 days.',
    command,
  });
  assert.equal(told({ expiresAtMs: NOW + 20 * HOUR }).urgency, 'red');
  assert.deepEqual(told({ expiresAtMs: NOW - HOUR }), {
    state: 'ended',
    urgency: 'red',
    problem: 'Your login to app.ci expired 1 hour ago.',
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
    problem: 'The login of robot ends in 6 days.',
    command: 'x',
  });
  assert.equal(told({ ...typed, expiresAtMs: NOW + 2 * MINUTE, lifeMs: 5 * MINUTE }).urgency, 'green');
  assert.equal(told({ ...typed, expiresAtMs: NOW + 1.2 * MINUTE, lifeMs: 5 * MINUTE }).urgency, 'amber');
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

test('a reason is parted from its command, however the sentence leads to it', () => {
  for (const [reason, problem, command] of [
    ['No login to app.ci. Run: login x', 'No login to app.ci.', 'login x'],
    ['You signed out of r. To sign in again, run: login r', 'You signed out of r.', 'login r'],
    ['There is none', 'There is none', `docker-credential-openshift doctor ${facts().host}`],
  ] as const) {
    assert.deepEqual(told({ reason }), { state: 'none', urgency: 'red', problem, command });
  }
});

test('of several things that are wrong each is told, and the command of the first is the one to begin with', () => {
  const reason =
    'The login of robot is over. Run: docker login r. Your login to app.ci expired. Run: login app.ci';
  assert.deepEqual(told({ reason }), {
    state: 'none',
    urgency: 'red',
    problem: 'The login of robot is over. Your login to app.ci expired.',
    command: 'docker login r',
  });
  const advice = told({ reason: 'The keyring is locked. Unlock it. Your login expired. Run: login app.ci' });
  assert.equal(advice.problem, 'The keyring is locked. Unlock it. Your login expired.');
  assert.equal(advice.command, 'login app.ci');
});

test('a good token is good though what should have come before it did not, and that is told with what mends it', () => {
  const warning = 'The login of robot was not accepted. Run: docker login r';
  const problem = 'The login of robot was not accepted.';
  const mended = { problem, command: 'docker login r' };
  assert.deepEqual(told({ warning }), { state: 'good', urgency: 'amber', ...mended });
  assert.equal(told({ warning, expiresAtMs: undefined, checkedAtMs: undefined }).state, 'unknown');
  const late = told({ warning, expiresAtMs: NOW + 20 * HOUR });
  assert.deepEqual(late, {
    state: 'ends-soon',
    urgency: 'red',
    problem: `${problem} Your login to app.ci ends in 20 hours.`,
    command: 'docker login r',
  });
  const said = `${warning}. Your login to app.ci ends in 20 hours. Run: login app.ci`;
  assert.deepEqual(told({ warning: said, expiresAtMs: NOW + 20 * HOUR }), late);
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
