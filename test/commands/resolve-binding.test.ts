import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveBinding } from '../../src/commands/resolve-binding.ts';
import { describeError } from '../../src/hosts/reason.ts';
import { identity, SERVER, unexpected } from '../support/identities.ts';

const alice = identity();
const readIdentities = async () => ({ all: [alice], current: alice, problems: [] });

test('a public registry is bound to no cluster, a context named or not, and no cluster is asked', async () => {
  for (const context of [undefined, 'work']) {
    const asked = resolveBinding('quay.io', context, {
      readIdentities: unexpected('readIdentities'),
      readClaim: unexpected('readClaim'),
      askCluster: unexpected('askCluster'),
    });
    const error = await asked.then(unexpected('success'), (reason) => reason);
    assert.match(describeError(error), /^quay\.io is a public registry: use its own login\. .* by hand$/);
    assert.doesNotMatch(describeError(error), /Run:|--context/);
  }
});

test('a host that no cluster calls its own is bound by the context that is named', async () => {
  const host = 'registry.example.com';
  const refuse = { readIdentities, readClaim: unexpected('readClaim'), askCluster: unexpected('askCluster') };
  const bound = await resolveBinding(host, 'work', refuse);
  assert.deepEqual(bound, { server: SERVER, user: alice.user, context: 'work', insecure: false });
  const readClaim = async () => ({ claimed: false });
  const askCluster = async () => ({ hosts: [] });
  await assert.rejects(resolveBinding(host, undefined, { readIdentities, readClaim, askCluster }), {
    code: 'unclaimed',
    fix: { run: `docker-credential-openshift setup ${host} --context NAME` },
  });
});

test('where a certificate is not verified, that is why the word of its cluster does not count', async () => {
  const insecure = { ...alice, insecure: true };
  const asked = resolveBinding('registry.example.com', undefined, {
    readIdentities: async () => ({ all: [insecure], current: insecure, problems: [] }),
    readClaim: unexpected('readClaim'),
    askCluster: unexpected('askCluster'),
  });
  const error = await asked.then(unexpected('success'), (reason) => reason);
  assert.equal(
    describeError(error),
    'No cluster whose word counts calls registry.example.com its registry; what api.example.com:6443 calls its registry ' +
      'does not count, since context work does not verify its certificate (insecure-skip-tls-verify). ' +
      'Run: docker-credential-openshift setup registry.example.com --context NAME',
  );
});

test('where a cluster could not be asked for its registry, that is the cause, and what mends it comes first', async () => {
  const asked = resolveBinding('registry.example.com', undefined, {
    readIdentities,
    readClaim: async () => ({ claimed: false }),
    askCluster: async () => ({
      fault: 'it does not accept the login',
      fix: { run: 'login work' },
      refusedLogin: true,
    }),
  });
  const error = await asked.then(unexpected('success'), (reason) => reason);
  assert.equal(
    describeError(error),
    'No cluster of your kubeconfig calls registry.example.com its registry; api.example.com:6443 (context work) could not ' +
      'be asked for its registry: it does not accept the login. Run: login work',
  );
});

test('a word on a name that lies under no domain of the cluster is told with what links it, and links nothing', async () => {
  const host = 'registry.example.org';
  const asked = resolveBinding(host, undefined, {
    readIdentities,
    readClaim: async () => ({ claimed: false }),
    askCluster: async () => ({ hosts: [host] }),
  });
  await assert.rejects(asked, {
    code: 'unclaimed',
    message: /https:\/\/api\.example\.com:6443 does, though that lies under no domain of it/,
    fix: { run: `docker-credential-openshift setup ${host} --context work` },
  });
});
