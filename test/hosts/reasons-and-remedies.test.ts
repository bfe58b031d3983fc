import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError, describeError } from '../../src/hosts/reason.ts';
import { reasonsAndRemedies, saidAfter } from '../../src/hosts/reasons-and-remedies.ts';
import { bareFix } from '../support/bare-fix.ts';

const pairs = (text: string) => reasonsAndRemedies(text).map(({ reason, remedy }) => [reason, remedy]);

test('a command that ends a sentence is what mends it', () => {
  assert.deepEqual(
    pairs('Your login to app.ci expired 3 days ago. Run: docker-credential-openshift login ci'),
    [['Your login to app.ci expired 3 days ago', 'docker-credential-openshift login ci']],
  );
  assert.deepEqual(pairs('It is over. Run: oc login https://api.example.com:6443.'), [
    ['It is over', 'oc login https://api.example.com:6443'],
  ]);
  assert.deepEqual(pairs('There is another way, run: oc get-token'), [
    ['There is another way', 'oc get-token'],
  ]);
});

test('what a command is for is left out, as it says so itself', () => {
  const lift = 'docker-credential-openshift login r.example.com';
  assert.deepEqual(pairs(`You signed out of r.example.com by \`logout\`. To sign in again, run: ${lift}`), [
    ['You signed out of r.example.com by `logout`', lift],
  ]);
  assert.deepEqual(pairs(`You signed out of r.example.com. To sign in to app.ci again, run: ${lift}`), [
    ['You signed out of r.example.com', lift],
  ]);
});

test('advice that is no command is a remedy, too, as an error tells it', () => {
  const locked = new AppError({
    code: 'locked',
    message: "The login of bob stored for r.example.com can't be read: the keychain is locked",
    fix: { do: 'Unlock it, and try again.' },
  });
  assert.deepEqual(pairs(describeError(locked)), [[locked.message, bareFix(locked.fix)]]);
  assert.deepEqual(pairs("The pod's service account token expired 1 day ago. The kubelet renews it."), [
    ["The pod's service account token expired 1 day ago", 'The kubelet renews it.'],
  ]);
});

test('a sentence that advises nothing is part of the reason', () => {
  assert.deepEqual(pairs('It could not be checked (503). Pulls from r.example.com go on anonymously.'), [
    ['It could not be checked (503). Pulls from r.example.com go on anonymously', undefined],
  ]);
  assert.deepEqual(pairs('a and b both claim r. Say which one it is of. Run: setup r'), [
    ['a and b both claim r. Say which one it is of', 'setup r'],
  ]);
  assert.deepEqual(pairs(''), [['', undefined]]);
});

test('two that stand in one line keep each its own remedy', () => {
  const own = 'No login to app.ci in the kubeconfig. Run: docker-credential-openshift login x';
  assert.deepEqual(pairs(`The login of bob expired. Run: docker login r.example.com. ${own}`), [
    ['The login of bob expired', 'docker login r.example.com'],
    ['No login to app.ci in the kubeconfig', 'docker-credential-openshift login x'],
  ]);
  assert.deepEqual(pairs(`It can't be read: it is locked. Unlock it, and try again. ${own}`), [
    ["It can't be read: it is locked", 'Unlock it, and try again.'],
    ['No login to app.ci in the kubeconfig', 'docker-credential-openshift login x'],
  ]);
});

test('what is said after another thing is told apart from the command that mends that', () => {
  for (const first of ['The login is over. Run: docker login r', 'The keyring is locked. Unlock it.']) {
    const both = saidAfter(first, 'Your login ends in 1 day. Run: login app.ci');
    assert.deepEqual(reasonsAndRemedies(both), [
      ...reasonsAndRemedies(first),
      { reason: 'Your login ends in 1 day', remedy: 'login app.ci' },
    ]);
  }
  assert.equal(saidAfter('It is over.', undefined), 'It is over.');
});
