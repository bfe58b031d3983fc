import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeError } from '../../src/credential/app-error.ts';
import type { Identity } from '../../src/credential/identity.ts';
import { type StoreCredentialPorts, storeCredential } from '../../src/credential/store-credential.ts';
import { identity, SERVER, TOKEN, unexpected } from '../support/identities.ts';

const HOST = 'registry.example.com';

async function store(
  who: Identity | undefined,
  secret: string,
  more: Partial<StoreCredentialPorts> = {},
  host = HOST,
) {
  const done: string[] = [];
  await storeCredential(host, secret, {
    identityFor: async () => who,
    readToken: who === undefined ? unexpected('readToken') : async () => TOKEN,
    signIn: async (host) => void done.push(`sign in ${host}`),
    forgetAnswer: async (host) => void done.push(`forget ${host}`),
    ...more,
  });
  return done;
}

test("the context's own token signs the host in again, and is kept nowhere else", async () =>
  assert.deepEqual(await store(identity(), TOKEN), [`sign in ${HOST}`, `forget ${HOST}`]));

test('another secret is refused with the command that signs in, and without the secret', async () => {
  const error = await store(identity(), 'a-password').then(unexpected('success'), (reason) => reason);
  assert.equal(
    describeError(error),
    `${HOST} gets the token of the context work, and another secret is not kept here. Run: oc login ${SERVER}`,
  );
});

test('any secret is refused where the context has no token', async () => {
  const certificate = identity({ source: { kind: 'none', reason: 'none' } });
  await assert.rejects(store(certificate, TOKEN, { readToken: unexpected('readToken') }), {
    code: 'not-own-token',
  });
});

test('any secret is refused where the context has a client certificate', async () =>
  assert.rejects(
    store(identity({ source: { kind: 'client-certificate' } }), TOKEN, { readToken: async () => undefined }),
    { code: 'not-own-token' },
  ));

test('a host that no cluster is bound to is refused with the command that binds it', async () =>
  assert.rejects(store(undefined, TOKEN), {
    code: 'not-bound',
    hint: `docker-credential-openshift setup ${HOST} --context NAME`,
  }));

test("a public registry's login is refused, and no command that would bind it to a cluster is named", async () => {
  const error = await store(undefined, TOKEN, {}, 'quay.io').then(unexpected('success'), (reason) => reason);
  assert.equal(
    describeError(error),
    'quay.io is a public registry, and its logins are not kept here: use its own login, without this helper',
  );
});
