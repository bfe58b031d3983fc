import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LoginMethod } from '../../../src/cli/login/login-arguments.ts';
import { ofIdentity } from '../../../src/cli/login/login-target.ts';
import { missedLogin } from '../../../src/cli/login/missed-login.ts';
import { identity, SERVER } from '../../support/identities.ts';

const BROWSER: LoginMethod = { kind: 'browser', port: 0, timeoutMs: 1000, opensBrowser: true };
const BOB = { user: 'bob/api-example-com:6443' };

test("whose login was meant is told, and that it is as it was, where another person's token came", () => {
  for (const target of [undefined, 'work']) {
    assert.equal(
      missedLogin(ofIdentity(identity()), { target, method: BROWSER }, BOB, 'bob'),
      'You logged in as bob; the login of context work (alice) is as it was before. ' +
        'To renew that one, log out in the browser, then run: docker-credential-openshift login work',
    );
  }
});

test('nothing was missed where the login that was meant got the token, or none in particular was meant', () => {
  const target = ofIdentity(identity());
  const bob: LoginMethod = { kind: 'password', username: 'bob', fromStdin: true };
  const missed = [
    missedLogin(target, { target: 'work', method: BROWSER }, { user: 'alice' }, 'alice'),
    missedLogin(target, { target: SERVER, method: BROWSER }, BOB, 'bob'),
    missedLogin(target, { target: undefined, method: bob }, BOB, 'bob'),
    missedLogin({ ...target, identity: undefined }, { target: 'work', method: BROWSER }, BOB, 'bob'),
    missedLogin(
      ofIdentity(identity({ source: { kind: 'client-certificate' } })),
      { target: 'work', method: BROWSER },
      BOB,
      'bob',
    ),
  ];
  assert.deepEqual(missed, Array(missed.length).fill(undefined));
});
