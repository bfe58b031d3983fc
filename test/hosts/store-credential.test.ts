import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostFacts } from '../../src/hosts/host-facts.ts';
import type { Identities, Identity } from '../../src/hosts/identity.ts';
import { AppError, describeError, type Reason } from '../../src/hosts/reason.ts';
import { resolveHost } from '../../src/hosts/resolve-host.ts';
import { type StoreAndErasePorts, storeCredential } from '../../src/hosts/store-and-erase.ts';
import type { RegistrySettings } from '../../src/registry/bind-host.ts';
import { identity, jwt, SERVER, TOKEN, unexpected } from '../support/identities.ts';
import { accepted, NOW } from './answering.ts';
import { expecting } from './store-and-erase-ports.ts';

const HOST = 'registry.example.com';
/** What there is of a host that something is typed for. */
type Where = Partial<Pick<HostFacts, 'claim' | 'proof' | 'identities'>> & {
  readonly settings?: RegistrySettings | undefined;
  readonly problem?: Reason;
};
const reached = (...all: Identity[]): Identities => ({ all, current: all[0], problems: [] });
const NOBODYS: Where = { identities: reached(), claim: { claimed: false, rivals: [] } };
const BOUND: Where = { settings: { server: SERVER }, identities: reached(identity()) };
const CLAIMED: Where = { ...BOUND, settings: {}, claim: { claimed: true, rivals: [] }, proof: true };
const OTHER = TOKEN.replace(/.$/, '-');

async function store(
  where: Where,
  secret: string,
  more: Partial<StoreAndErasePorts> = {},
  username = 'robot',
) {
  const done: unknown[] = [];
  await storeCredential(
    { host: HOST, serverUrl: `https://${HOST}/v1/`, username, secret },
    expecting({
      resolve: async (host, mayAsk, typed) => {
        assert.ok(mayAsk);
        const { settings, problem, ...others } = where;
        const facts = { nowMs: NOW, ...others, settings: { settings, problem }, typed: typed ?? undefined };
        return { facts, resolution: resolveHost(host, facts), stored: undefined };
      },
      readToken: async () => TOKEN,
      wasAnswered: () => false,
      keep: async (login, kept) => void done.push(['keep', login, kept]),
      forgetStored: async (host) => void done.push(`forget what was stored for ${host}`),
      signIn: async (host) => void done.push(`sign in ${host}`),
      forgetAnswer: async (host) => void done.push(`forget ${host}`),
      ...more,
    }),
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

test('for a host that no cluster is linked to a secret is kept as it is, and nobody is asked about it', async () =>
  assert.deepEqual(await store(NOBODYS, 'a-password', { readToken: unexpected('readToken') }), [
    ['keep', login(undefined, undefined), 'a-password'],
    ...signedIn,
  ]));

test('the end of a JWT is read from itself', async () =>
  assert.deepEqual((await store(NOBODYS, jwt({ exp: NOW / 1000 }), { readToken: unexpected('r') }))[0], [
    'keep',
    login(NOW, undefined),
    jwt({ exp: NOW / 1000 }),
  ]));

test("of another token for a cluster's host the cluster tells the end", async () => {
  const inspect = async () => accepted({ expiresAtMs: NOW });
  for (const where of [BOUND, CLAIMED]) {
    assert.deepEqual((await store(where, OTHER, { inspect }))[0], ['keep', login(NOW, SERVER), OTHER]);
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
  await store({ ...BOUND, identities: reached(identity({ insecure: true })) }, OTHER, { warn });
  assert.deepEqual(said, ['unverified-cluster']);
});

test('a cluster that can be reached in two ways is not asked, and both entries are named', async () => {
  const said: string[] = [];
  const all = [identity({ context: 'a', route: '1' }), identity({ context: 'b', route: '2' })];
  const identities = { all, current: undefined, problems: [] };
  const done = await store({ ...BOUND, identities }, OTHER, { warn: ({ why }) => said.push(why) });
  assert.deepEqual(done[0], ['keep', login(undefined, SERVER), OTHER]);
  assert.match(said.join(), /context a and context b/);
});

test("what the cluster does not know, or can't be asked about, is kept without an end", async () => {
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

test("what can't be kept signs nothing in, and the reason is told", async () => {
  const signIn = unexpected('signIn');
  const keep = async () => {
    throw new AppError({ code: 'keychain-locked', message: 'it is locked' });
  };
  await assert.rejects(store(NOBODYS, 'a-password', { keep, signIn }), { code: 'keychain-locked' });
});

test('for a host that the config wants anonymous nothing is kept that would never be answered', async () => {
  const error = await store({ settings: { anonymous: true } }, 'a-password').then(
    unexpected('success'),
    (reason) => reason,
  );
  assert.equal(
    describeError(error),
    `The config says that no credential is sent to ${HOST} (anonymous: true), so none is kept [host-is-anonymous]. ` +
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

test('while the config is broken at the host nothing is kept, and a defect is no refusal', async () => {
  const broken = { code: 'config-broken', why: 'config.yaml:1:2: broken' };
  const where = { ...BOUND, settings: undefined, problem: broken };
  await assert.rejects(store(where, 'typed'), { code: 'config-broken', message: broken.why });
  const readToken = async (): Promise<never> => {
    throw new TypeError('a defect');
  };
  await assert.rejects(store(BOUND, 'typed', { readToken }), TypeError);
});
