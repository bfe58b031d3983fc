import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WhySpared } from '../../../src/cluster/kubeconfig/login-entries.ts';
import type { LoginMethod } from '../../../src/commands/login/arguments.ts';
import { ofIdentity } from '../../../src/commands/login/target.ts';
import { lifeInWords, missedLogin, oldTokenSentence } from '../../../src/commands/login/words.ts';
import { identity, SERVER } from '../../support/identities.ts';

const HOUR_MS = 3_600_000;

test('a login that was just made lasts for the whole hours or days that it was made for', () => {
  assert.equal(lifeInWords(24 * HOUR_MS - 2000, 0), '1 day');
  assert.equal(lifeInWords(30 * 24 * HOUR_MS - 59_000, 0), '30 days');
  assert.equal(lifeInWords(HOUR_MS - 1, 0), '1 hour');
  assert.equal(lifeInWords(24 * HOUR_MS, 0), '1 day');
});

test('of a login that ends in between what is left is told, and no minute more', () => {
  assert.equal(lifeInWords(90_000, 0), '1 minute');
  assert.equal(lifeInWords(45_000, 0), '45 seconds');
  assert.equal(lifeInWords(HOUR_MS - 61_000, 0), '58 minutes');
  assert.equal(lifeInWords(24 * HOUR_MS - 61_000, 0), '23 hours');
  assert.equal(lifeInWords(0, 1000), '0 seconds');
});

const BROWSER: LoginMethod = { kind: 'browser', port: 0, timeoutMs: 1000, opensBrowser: true };
const asUser = (username: string): LoginMethod => ({ kind: 'password', username, fromStdin: true });
const kept = (user: string, spared: WhySpared | undefined) => ({
  user: `${user}/api-example-com:6443`,
  context: `ns/api-example-com:6443/${user}`,
  spared,
});
const BOB = kept('bob', { kind: 'another-person' });

test("whose login was meant is told, and that it is as it was, where another person's token came", () => {
  const why = 'You logged in as bob; the login of context work (alice) is as it was before';
  const code = 'another-person';
  const run = 'docker-credential-openshift login work';
  const missed = (target: string | undefined, method: LoginMethod) =>
    missedLogin(ofIdentity(identity()), { target, method }, BOB, 'bob');
  for (const target of [undefined, 'work']) {
    const fix = { do: `To renew that one, log out in the browser, then run: ${run}` };
    assert.deepEqual(missed(target, BROWSER), { code, why, fix });
  }
  // Who names a context of another beside themselves is told, too.
  assert.deepEqual(missed('work', asUser('bob')), { code, why, fix: { run } });
});

test("why a context's own entry did not get the login is told, with the command that gives it to the context", () => {
  const causes: [WhySpared, string][] = [
    [
      { kind: 'other-cluster', context: 'd' },
      'its user entry alice is that of context d, too, which is on another cluster',
    ],
    [{ kind: 'other-proof' }, 'its user entry alice has another proof than a token, which would be lost'],
    [{ kind: 'no-entry' }, 'it names no user entry'],
    [
      { kind: 'unknown-owner' },
      'its user entry alice holds a token of which the cluster does not say whose it is',
    ],
  ];
  for (const [spared, cause] of causes) {
    for (const method of [BROWSER, asUser('alice')]) {
      for (const target of ['work', undefined]) {
        assert.deepEqual(
          missedLogin(ofIdentity(identity()), { target, method }, kept('alice', spared), 'alice'),
          {
            code: spared.kind,
            why: `Context work is as it was before, since ${cause}; the new login is in context ns/api-example-com:6443/alice`,
            fix: { run: 'oc config set-context work --user=alice/api-example-com:6443' },
          },
        );
      }
    }
  }
});

test('a context whose name is no word of a command stands in none', () => {
  const target = ofIdentity(identity({ context: '--kubeconfig=x' }));
  const args = { target: undefined, method: BROWSER };
  const missed = missedLogin(target, args, kept('alice', { kind: 'no-entry' }), 'alice');
  assert.deepEqual(missed?.fix, { do: 'Give it the user entry alice/api-example-com:6443.' });
});

test('nothing was missed where the login that was meant got the token, or none in particular was meant', () => {
  const target = ofIdentity(identity());
  const named = { target: 'work', method: BROWSER };
  const missed = [
    missedLogin(target, named, kept('alice', undefined), 'alice'),
    missedLogin(target, { target: SERVER, method: BROWSER }, BOB, 'bob'),
    missedLogin(target, { target: undefined, method: asUser('bob') }, BOB, 'bob'),
    missedLogin({ ...target, identity: undefined }, named, BOB, 'bob'),
    missedLogin(ofIdentity(identity({ source: { kind: 'client-certificate' } })), named, BOB, 'bob'),
  ];
  assert.deepEqual(missed, Array(missed.length).fill(undefined));
});

test('a token that goes on is told with why, and with the command that shows it; one that is over is no fault', () => {
  for (const kind of ['none', 'revoked', 'gone'] as const) {
    assert.equal(oldTokenSentence({ kind }).isOver, true);
  }
  const why = [
    [{ kind: 'rejected' }, 'the cluster does not accept the new one just now'],
    [{ kind: 'forbidden' }, 'the scope of the new one does not let it'],
    [{ kind: 'failed', detail: 'the API server answered 503' }, 'the API server answered 503'],
  ] as const;
  for (const [outcome, reason] of why) {
    assert.deepEqual(oldTokenSentence(outcome), {
      sentence: `The token before it was not revoked, and goes on until it ends: ${reason} [token-goes-on]. Run: oc get useroauthaccesstokens`,
      isOver: false,
    });
  }
});

test('a token that nobody can end from here, and the one that was given again, are no success', () => {
  assert.deepEqual(oldTokenSentence({ kind: 'irrevocable' }), {
    sentence: "The token before it can't be revoked from here, and goes on until it ends.",
    isOver: false,
  });
  assert.deepEqual(oldTokenSentence({ kind: 'same' }), {
    sentence: 'The token before it is the one that you gave: it was not revoked.',
    isOver: false,
  });
});

test('a token that another user entry holds is kept, and that entry is named', () =>
  assert.deepEqual(oldTokenSentence({ kind: 'shared', by: 'other' }), {
    sentence: 'The token before it was kept, because the user entry other of the kubeconfig uses it.',
    isOver: false,
  }));
