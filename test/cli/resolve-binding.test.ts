import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveBinding } from '../../src/cli/resolve-binding.ts';
import { describeError } from '../../src/credential/app-error.ts';
import { identity, SERVER, unexpected } from '../support/identities.ts';

const alice = identity();
const readIdentities = async () => ({ all: [alice], current: alice, problems: [] });

test('a public registry is bound to no cluster, a context named or not, and no cluster is asked', async () => {
  for (const context of [undefined, 'work']) {
    const asked = resolveBinding('quay.io', context, {
      readIdentities: unexpected('readIdentities'),
      readClaim: unexpected('readClaim'),
    });
    const error = await asked.then(unexpected('success'), (reason) => reason);
    assert.match(describeError(error), /^quay\.io is a public registry: use its own login\. .* by hand$/);
    assert.doesNotMatch(describeError(error), /Run:|--context/);
  }
});

test('a host that no cluster calls its own is bound by the context that is named', async () => {
  const host = 'registry.example.com';
  const ports = { readIdentities, readClaim: async () => ({ claimed: false }) };
  const bound = await resolveBinding(host, 'work', { ...ports, readClaim: unexpected('readClaim') });
  assert.deepEqual(bound, { server: SERVER, user: alice.user, context: 'work', insecure: false });
  await assert.rejects(resolveBinding(host, undefined, ports), {
    code: 'unclaimed',
    hint: `docker-credential-openshift setup ${host} --context NAME`,
  });
});
