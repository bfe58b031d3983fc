import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClusterOfStored } from '../../src/hosts/cluster-of-stored.ts';
import { AppError, describeError, type Reason } from '../../src/hosts/reason.ts';
import { ambiguousRoute } from '../../src/hosts/route-to-server.ts';
import {
  type HostToStoreFor,
  type StoreCredentialPorts,
  storeCredential,
} from '../../src/hosts/store-credential.ts';
import { identity, SERVER, TOKEN, unexpected } from '../support/identities.ts';
import { accepted, NOW } from './answering.ts';

const HOST = 'registry.example.com';
const NOBODYS: HostToStoreFor = { isAnonymous: false, identity: undefined };
const BOUND: HostToStoreFor = { isAnonymous: false, identity: identity() };
const OTHER = TOKEN.replace(/.$/, '-');
const cluster = (changes: { isClaimed?: boolean; insecure?: boolean } = {}): ClusterOfStored => ({
  kind: 'cluster',
  route: { server: SERVER, insecure: changes.insecure ?? false, route: '' },
  identities: { all: [identity()], current: identity(), problems: [] },
  isClaimed: changes.isClaimed ?? false,
});

async function store(
  where: HostToStoreFor,
  secret: string,
  more: Partial<StoreCredentialPorts> = {},
  username = 'robot',
) {
  const done: unknown[] = [];
  await storeCredential(
    { host: HOST, serverUrl: `https://${HOST}/v1/`, username, secret },
    {
      readHost: async () => where,
      readToken: async () => TOKEN,
      wasAnswered: () => false,
      inspect: unexpected('inspect'),
      clusterOf: async () => (where === NOBODYS ? { kind: 'none' } : cluster()),
      warn: unexpected('warn'),
      endOf: () => undefined,
      keep: async (login, kept) => void done.push(['keep', login, kept]),
      forgetStored: async (host) => void done.push(`forget what was stored for ${host}`),
      signIn: async (host) => void done.push(`sign in ${host}`),
      forgetAnswer: async (host) => void done.push(`forget ${host}`),
      ...more,
    },
  );
  return done;
}
const signedIn = [`sign in ${HOST}`, `forget ${HOST}`];
const login = (expiresAtMs: number | null | undefined, boundTo: string | undefined) => ({
  host: HOST,
  serverUrl: `https://${HOST}/v1/`,
  username: 'robot',
  expiresAtMs,
  boundTo,
});

test("the context's own token signs the host in again, in place of what was stored, and is kept nowhere else", async () =>
  assert.deepEqual(await store(BOUND, TOKEN), [`forget what was stored for ${HOST}`, ...signedIn]));

test('what the host was last answered with is no login that was typed: docker stores what it got', async () =>
  assert.deepEqual(await store(BOUND, 'minted', { wasAnswered: (_host, secret) => secret === 'minted' }), [
    `forget what was stored for ${HOST}`,
    ...signedIn,
  ]));

test('for a host that no cluster is bound to a secret is kept as it is, and nobody is asked about it', async () =>
  assert.deepEqual(await store(NOBODYS, 'a-password', { readToken: unexpected('readToken') }), [
    ['keep', login(undefined, undefined), 'a-password'],
    ...signedIn,
  ]));

test('the end of a JWT is read from itself', async () =>
  assert.deepEqual((await store(NOBODYS, 'j.w.t', { endOf: () => NOW, readToken: unexpected('r') }))[0], [
    'keep',
    login(NOW, undefined),
    'j.w.t',
  ]));

test("of another token for a cluster's host the cluster tells the end", async () => {
  const inspect = async () => accepted({ expiresAtMs: NOW });
  for (const isClaimed of [true, false]) {
    const clusterOf = async () => cluster({ isClaimed });
    assert.deepEqual((await store(BOUND, OTHER, { inspect, clusterOf }))[0], [
      'keep',
      login(NOW, SERVER),
      OTHER,
    ]);
  }
});

test('no cluster gets to see what can be no token of it: passwords are kept unasked, and it is said that they open nothing', async () => {
  for (const secret of ['a-password', 'x'.repeat(44), 'eyJ no.to.ken', `${OTHER}0`, `${OTHER}\0`]) {
    const said: string[] = [];
    const done = await store(BOUND, secret, { warn: ({ code }) => said.push(code) });
    assert.deepEqual(done[0], ['keep', login(undefined, SERVER), secret]);
    assert.deepEqual(said, ['typed-no-token']);
  }
  // What may be one is judged by the registry.
  for (const secret of ['x'.repeat(43), 'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL290aGVyIn0.c2ln'])
    assert.deepEqual((await store(BOUND, secret))[0], ['keep', login(undefined, SERVER), secret]);
});

test('what would be checked without verifying the cluster is not, and that is said', async () => {
  const said: string[] = [];
  const warn = ({ code }: Reason) => said.push(code);
  await store(BOUND, OTHER, { clusterOf: async () => cluster({ insecure: true }), warn });
  assert.deepEqual(said, ['unverified-cluster']);
});

test('a cluster that can be reached in two ways is not asked, and both entries are named', async () => {
  const said: string[] = [];
  const reason = ambiguousRoute(SERVER, ['context a', 'context b']);
  const clusterOf = async () => ({ kind: 'unreached', server: SERVER, reason }) as const;
  const done = await store(BOUND, OTHER, { clusterOf, warn: ({ why }) => said.push(why) });
  assert.deepEqual(done[0], ['keep', login(undefined, SERVER), OTHER]);
  assert.match(said.join(), /context a and context b/);
});

test('what the cluster does not know, or can not be asked about, is kept without an end', async () => {
  for (const kind of ['rejected', 'unreachable'] as const) {
    const inspect = async () => ({ kind, detail: '' });
    assert.deepEqual((await store(BOUND, OTHER, { inspect }))[0], ['keep', login(undefined, SERVER), OTHER]);
  }
});

test("a context whose token can't be had keeps nothing else from being kept", async () => {
  const readToken = async () => {
    throw new AppError({ code: 'exec-plugin-failed', message: 'it failed' });
  };
  const done = await store(BOUND, OTHER, { readToken, inspect: async () => ({ kind: 'rejected' }) });
  assert.equal(done.length, 3);
});

test('what can not be kept signs nothing in, and the reason is told', async () => {
  const signIn = unexpected('signIn');
  const keep = async () => {
    throw new AppError({ code: 'keychain-locked', message: 'it is locked' });
  };
  await assert.rejects(store(NOBODYS, 'a-password', { keep, signIn }), { code: 'keychain-locked' });
});

test('for a host that the config wants anonymous nothing is kept that would never be answered', async () => {
  const where = { ...NOBODYS, isAnonymous: true };
  const error = await store(where, 'a-password').then(unexpected('success'), (reason) => reason);
  assert.equal(
    describeError(error),
    `The config says that no credential is sent to ${HOST} (anonymous: true), so none is kept. ` +
      'Take that line out of the config, then log in again.',
  );
});

test('what would be refused with every image is not kept, and it is said why', async () => {
  const refusal = (username: string, secret: string) =>
    store(NOBODYS, secret, { keep: unexpected('keep') }, username).then(unexpected('success'), describeError);
  const notKept = `The login for ${HOST} was not kept: `;
  assert.ok((await refusal('a:b', 'x')).startsWith(`${notKept}its user name holds a colon`));
  assert.ok((await refusal('<token>', 'x')).startsWith(`${notKept}what comes with the user name <token> is`));
  for (const secret of ['x\n', 'x\r\n', '\n']) {
    assert.ok((await refusal('robot', secret)).startsWith(`${notKept}the password ends in a line break`));
  }
  assert.equal((await store(NOBODYS, 'two\nlines', {}, '12345|robot')).length, 3);
});

test("the context's own token signs the host in by whatever name it is given", async () =>
  assert.deepEqual(await store(BOUND, TOKEN, {}, 'kube:admin'), [
    `forget what was stored for ${HOST}`,
    ...signedIn,
  ]));
