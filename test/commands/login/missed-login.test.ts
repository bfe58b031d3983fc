import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LoginMethod } from '../../../src/commands/login/login-arguments.ts';
import { ofIdentity } from '../../../src/commands/login/login-target.ts';
import { missedLogin } from '../../../src/commands/login/missed-login.ts';
import type { WhySpared } from '../../../src/hosts/why-spared.ts';
import { identity, SERVER } from '../../support/identities.ts';

const BROWSER: LoginMethod = { kind: 'browser', port: 0, timeoutMs: 1000, opensBrowser: true };
const asUser = (username: string): LoginMethod => ({ kind: 'password', username, fromStdin: true });
const kept = (user: string, spared: WhySpared | undefined) => ({
  user: `${user}/api-example-com:6443`,
  context: `ns/api-example-com:6443/${user}`,
  spared,
});
const BOB = kept('bob', { kind: 'another-person' });

test("whose login was meant is told, and that it is as it was, where another person's token came", () => {
  for (const target of [undefined, 'work']) {
    assert.equal(
      missedLogin(ofIdentity(identity()), { target, method: BROWSER }, BOB, 'bob'),
      'You logged in as bob; the login of context work (alice) is as it was before. ' +
        'To renew that one, log out in the browser, then run: docker-credential-openshift login work',
    );
  }
});

test('who names a context of another beside themselves is told, too', () =>
  assert.equal(
    missedLogin(ofIdentity(identity()), { target: 'work', method: asUser('bob') }, BOB, 'bob'),
    'You logged in as bob; the login of context work (alice) is as it was before. ' +
      'To renew that one, run: docker-credential-openshift login work',
  ));

test("why a context's own entry did not get the login is told, with the command that gives it to the context", () => {
  const reasons: [WhySpared, string][] = [
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
  for (const [spared, reason] of reasons) {
    for (const method of [BROWSER, asUser('alice')]) {
      for (const target of ['work', undefined]) {
        assert.equal(
          missedLogin(ofIdentity(identity()), { target, method }, kept('alice', spared), 'alice'),
          `Context work is as it was before, since ${reason}; the new login is in context ns/api-example-com:6443/alice. ` +
            'To have it use the new one, run: oc config set-context work --user=alice/api-example-com:6443',
        );
      }
    }
  }
});

test('a context whose name is no word of a command stands in none', () => {
  const target = ofIdentity(identity({ context: '--kubeconfig=x' }));
  const told = missedLogin(
    target,
    { target: undefined, method: BROWSER },
    kept('alice', { kind: 'no-entry' }),
    'alice',
  );
  assert.match(told ?? '', / Give it the user entry alice\/api-example-com:6443\.$/);
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
