import assert from 'node:assert/strict';
import { test } from 'node:test';
import { becauseOf, chooseIdentity, closedReason, whyNotAsked } from '../../src/hosts/choose-identity.ts';
import type { Identities, Identity } from '../../src/hosts/identity.ts';
import { inOneLine } from '../../src/hosts/reason.ts';
import type { Closed } from '../../src/registry/bind-host.ts';
import { identity, plugin, SERVER } from '../support/identities.ts';

const HOST = 'registry.example.com';
const alice = identity();
const aliceElsewhere = identity({ context: 'other-namespace', namespace: 'other' });
const bob = identity({ user: 'bob/api-example-com:6443', context: 'bobs' });
const away = identity({ server: 'https://api.away.example.com:6443', context: 'away' });
const pod = identity({ user: "the pod's service account", context: undefined, inCluster: true });
const reasonIn = (choice: ReturnType<typeof chooseIdentity>) =>
  'reason' in choice ? inOneLine([choice.reason]) : '';
type BoundTo = { server?: string; context?: string; user?: string };

function choose(to: BoundTo, all: Identity[], current?: Identity, problems: string[] = []) {
  const { server, context, user } = to;
  return chooseIdentity(HOST, { kind: 'bound', server, context, user }, { all, current, problems });
}

test('the current context answers if it is on the linked cluster, also beside another user', () => {
  assert.deepEqual(choose({ server: SERVER }, [alice, bob, away], bob), { identity: bob });
});

test('the one context that is on the linked cluster answers if the current one is elsewhere', () => {
  assert.deepEqual(choose({ server: SERVER }, [away, alice], away), { identity: alice });
});

test('one user in two namespaces is one user', () => {
  assert.deepEqual(choose({ server: SERVER }, [alice, aliceElsewhere, away], away), { identity: alice });
});

test('of two users on the linked cluster, neither current, none answers, and both are named', () => {
  assert.equal(
    reasonIn(choose({ server: SERVER }, [alice, bob, away], away)),
    `${HOST}: two users of api.example.com:6443 fit (alice, bob/api-example-com:6443) and neither is current [two-users]. Run: docker-credential-openshift setup ${HOST} --context work`,
  );
});

test('the command to choose between two users can be pasted, whatever the context is called', () => {
  const odd = identity({ context: "it's $HOME; a b" });
  const choice = choose({ server: SERVER }, [odd, bob]);
  assert.match(reasonIn(choice), /--context 'it'\\''s \$HOME; a b'$/);
});

test('a configured user is meant by its entry or by the name before the slash', () => {
  assert.deepEqual(choose({ server: SERVER, user: 'bob' }, [alice, bob], alice), { identity: bob });
  assert.deepEqual(choose({ server: SERVER, user: bob.user }, [alice, bob], alice), { identity: bob });
  assert.equal(
    reasonIn(choose({ server: SERVER, user: 'bo' }, [bob])),
    `No login of bo to api.example.com:6443 in the kubeconfig [no-login]. Run: docker-credential-openshift login ${SERVER}`,
  );
});

test('whoever logs in after the configured user logged out answers: oc login counts', () => {
  const out = { kind: 'none', reason: { code: 'no-token', why: 'signed out' } } as const;
  const gone = identity({ source: out });
  const to = { server: SERVER, user: 'alice' };
  assert.deepEqual(choose(to, [gone, bob], bob), { identity: bob });
  assert.match(reasonIn(choose(to, [bob], bob)), /^No login of alice to /);
  // Neither an expired login, which may be renewed, nor one that nobody chose, nor the minter of a robot is replaced.
  assert.deepEqual(choose(to, [alice, bob], bob), { identity: alice });
  assert.deepEqual(choose(to, [gone, bob, away], away), { identity: gone });
  assert.deepEqual(choose({ ...to, context: 'work' }, [gone, bob], bob), { identity: gone });
  const minted = { kind: 'bound', ...to, context: undefined, isMinted: true } as const;
  const identities = { all: [gone, bob], current: bob, problems: [] };
  assert.deepEqual(chooseIdentity(HOST, minted, identities), { identity: gone });
  const bare = identity({ context: 'admin', user: 'admin', source: { kind: 'client-certificate' } });
  assert.deepEqual(choose(to, [gone, bare], bare), { identity: gone });
});

test('a configured context is taken by its name', () => {
  assert.deepEqual(choose({ context: 'bobs' }, [alice, bob], alice), { identity: bob });
});

test('a configured context that is not there is named, with what kept the kubeconfig from being read', () => {
  assert.equal(
    reasonIn(choose({ context: 'gone' }, [alice], alice, ['/k is broken: line 1'])),
    `The context gone, linked to ${HOST}, is not in the kubeconfig (/k is broken: line 1) [no-context]. Run: docker-credential-openshift setup ${HOST} --context work`,
  );
});

test('a context that moved to another cluster than it was bound on answers no more', () => {
  assert.equal(
    reasonIn(choose({ server: SERVER, context: 'away' }, [alice, away], alice)),
    `The context away is on ${away.server}, but ${HOST} is linked to ${SERVER} [context-elsewhere]. Run: docker-credential-openshift setup ${HOST} --context away`,
  );
});

test('without any login to the linked cluster, the login command is named', () => {
  assert.equal(
    reasonIn(choose({ server: SERVER }, [away], away)),
    `No login to api.example.com:6443 in the kubeconfig [no-login]. Run: docker-credential-openshift login ${SERVER}`,
  );
});

test('where a kubeconfig is broken, correcting it comes before the login that would be refused for it', () => {
  const to = { kind: 'bound', server: SERVER, context: undefined, user: undefined } as const;
  const remedy = { do: 'Correct that file.' };
  const identities = { all: [away], current: away, problems: ['/k is broken: line 1'], remedy };
  assert.match(
    reasonIn(chooseIdentity(HOST, to, identities)),
    /\(\/k is broken: line 1\) \[no-login\]\. Correct that file\.$/,
  );
});

test('a context of the right name without the configured user says whose login is missing', () => {
  assert.equal(
    reasonIn(choose({ context: 'work', user: 'carol' }, [alice], alice)),
    'No login of carol to the context work in the kubeconfig [no-login]. Run: docker-credential-openshift login work',
  );
});

test("the in-cluster name gets the pod's own account and no kubeconfig's", () => {
  const binding = { kind: 'in-cluster' } as const;
  assert.deepEqual(chooseIdentity(HOST, binding, { all: [alice, pod], current: alice, problems: [] }), {
    identity: pod,
  });
  const none = chooseIdentity(HOST, binding, { all: [alice], current: alice, problems: [] });
  assert.equal(
    reasonIn(none),
    `${HOST} is the registry's name within each cluster, and this is not a pod of one [no-pod]. Elsewhere pull from its public host name, which docker-credential-openshift setup finds; on a node, or in a pod without a token, run docker-credential-openshift setup ${HOST} --context work.`,
  );
});

test("a pod's account answers for its cluster's host too, if no kubeconfig does", () => {
  assert.deepEqual(choose({ server: SERVER }, [pod], pod), { identity: pod });
});

test('a context that the environment names wrongly is told with its variable', () => {
  const to = { kind: 'bound', server: undefined, context: 'nope', user: undefined } as const;
  const identities = { all: [alice], current: alice, problems: [] };
  assert.equal(
    reasonIn(chooseIdentity(HOST, { ...to, byEnvironment: true }, identities)),
    'The context that DOCKER_CREDENTIAL_OPENSHIFT_CONTEXT names is not in the kubeconfig [no-context]. Run: oc config get-contexts',
  );
});

test('a host that no token can go to says why, and what to do instead', () => {
  const because = (reason: Closed) => {
    const { code, fix } = closedReason(HOST, { kind: 'closed', because: reason });
    return [code, fix];
  };
  const correct = { do: 'Correct it; it begins with https://.' };
  const link = {
    do: `With a login to it, link the two: docker-credential-openshift setup ${HOST} --context NAME`,
  };
  assert.deepEqual(because({ kind: 'server-no-url' }), ['server-no-url', correct]);
  assert.deepEqual(because({ kind: 'server-not-public', cluster: 'core-ci' }), ['server-not-public', link]);
  assert.deepEqual(because({ kind: 'decommissioned', note: 'use QCI instead' }), [
    'decommissioned',
    { do: 'Use QCI instead.' },
  ]);
});

test('what keeps all logins from being read is told with the login that is missing', () => {
  const absence = { code: 'x', why: 'the kubeconfig is a directory' };
  const none = { all: [], current: undefined, problems: ['a is broken'] };
  assert.equal(becauseOf(none), ' (a is broken)');
  assert.equal(becauseOf({ ...none, absence }), ' (a is broken; the kubeconfig is a directory)');
});

test('where a linked context is gone, one that is on the same cluster is advised in its place', () => {
  assert.match(
    reasonIn(choose({ server: SERVER, context: 'gone' }, [away, bob], away)),
    /^The context gone, linked to .* is not in the kubeconfig \[no-context\]\. Run: .* --context bobs$/,
  );
});

test('to search clusters, no plugin is run and no token of two clusters sent, but of a context that a person chose', () => {
  const by = identity({ context: 'by plugin', source: { kind: 'exec', plugin: plugin() } });
  const borrowed = identity({ ...away, source: alice.source });
  const asked = (who: Identity, more: Partial<Identities> = {}, chosen: readonly string[] = []) => {
    const identities = { all: [alice, bob, by, borrowed], current: undefined, problems: [], ...more };
    return whyNotAsked(who, identities, new Set(chosen))?.code;
  };
  for (const [who, code] of [
    [by, 'plugin-not-chosen'],
    [borrowed, 'token-of-two-clusters'],
    [identity({ ...away, source: { kind: 'client-certificate' } }), undefined],
  ] as const) {
    assert.equal(asked(who), code);
    assert.equal(asked(who, { current: bob }), code);
    for (const more of [{ current: who }, { current: bob, currentContext: who }])
      assert.equal(asked(who, more), undefined);
    assert.equal(asked(who, {}, [who.context ?? '']), undefined);
  }
});
