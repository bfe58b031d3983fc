import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Gathered } from '../../src/hosts/gather-facts.ts';
import type { Identity } from '../../src/hosts/identity.ts';
import { AppError } from '../../src/hosts/reason.ts';
import { resolveHost } from '../../src/hosts/resolve-host.ts';
import { eraseCredential, identityAtHand, type StoreAndErasePorts } from '../../src/hosts/store-and-erase.ts';
import { identity, plugin, SERVER, TOKEN } from '../support/identities.ts';
import { expecting } from './store-and-erase-ports.ts';

const HOST = 'registry.example.com';

/** A host that the config links to somebody's context, or to a cluster without any login. */
function gathered(who: Identity | undefined): Gathered {
  const all = who === undefined ? [] : [who];
  const settings = { settings: { server: SERVER } };
  const facts = { nowMs: 0, settings, identities: { all, current: who, problems: [] } };
  return { facts, resolution: resolveHost(HOST, facts), stored: undefined };
}

test('of a host that no cluster was asked about yet, whoever would be asked is at hand', () => {
  const identities = { all: [identity()], current: identity(), problems: [] };
  const facts = {
    nowMs: 0,
    settings: { settings: undefined },
    identities,
    claim: { claimed: false, rivals: [] },
  };
  const atHand = (host: string) =>
    identityAtHand({ facts, resolution: resolveHost(host, facts), stored: undefined });
  assert.equal(atHand(HOST)?.user, 'alice');
  assert.equal(atHand('quay.io'), undefined);
});

/** Erases with a login at hand, and returns what was done; its token may be looked at only if it is told of what kind it is. */
async function erase(who: Identity | undefined, more: Partial<StoreAndErasePorts> = {}) {
  const done: string[] = [];
  const ports = expecting({
    resolve: async (_host, mayAsk, typed) => {
      assert.deepEqual([mayAsk, typed], [false, null]);
      return gathered(who);
    },
    fingerprintOf: (token) => `fingerprint of ${token.length}`,
    signOut: async (host, fingerprint) => done.push(`sign out of ${host}: ${fingerprint}`) > 0,
    forgetKept: async (host) => void done.push(`drop what was minted for ${host}`),
    forgetAnswer: async (host) => void done.push(`forget ${host}`),
    forgetStored: async () => {},
    ...more,
  });
  await eraseCredential(HOST, ports);
  return done;
}
const ofAPerson = { isServiceAccountToken: (token: string) => token !== TOKEN };

test("a person's token is forgotten, and this very token signed out of", async () =>
  assert.deepEqual(await erase(identity(), ofAPerson), [
    `forget ${HOST}`,
    `drop what was minted for ${HOST}`,
    `sign out of ${HOST}: fingerprint of 50`,
  ]));

test('a service account in the kubeconfig is only forgotten: nobody could sign it in again', async () =>
  assert.deepEqual(await erase(identity(), { ...ofAPerson, isServiceAccountToken: () => true }), [
    `forget ${HOST}`,
    `drop what was minted for ${HOST}`,
  ]));

test("whoever the kubeconfig of a CI job names is only forgotten: the next job's is told by the same token", async () =>
  assert.deepEqual(await erase(identity(), { isJobs: true }), [
    `forget ${HOST}`,
    `drop what was minted for ${HOST}`,
  ]));

test('what a system put there is only forgotten: a file, a pod, the environment, a plugin, a certificate, nothing', async () => {
  for (const who of [
    identity({ source: { kind: 'token-file', path: '/t' } }),
    identity({ inCluster: true, context: undefined, source: { kind: 'token-file', path: '/t' } }),
    identity({ context: undefined }),
    identity({ source: { kind: 'exec', plugin: plugin() } }),
    identity({ source: { kind: 'client-certificate' } }),
    identity({ source: { kind: 'none', reason: { code: 'no-token', why: 'none' } } }),
  ]) {
    assert.deepEqual(await erase(who), [`forget ${HOST}`, `drop what was minted for ${HOST}`]);
  }
});

test('a host that is nobody’s is only forgotten', async () =>
  assert.deepEqual(await erase(undefined), [`forget ${HOST}`]));

test('a sign-out that could not be kept is an error that says so', async () =>
  assert.rejects(erase(identity(), { ...ofAPerson, signOut: async () => false }), {
    code: 'not-signed-out',
    fix: { run: 'oc logout' },
  }));

test('the answer is forgotten even if the rest fails', async () => {
  const done: string[] = [];
  const forgetAnswer = async (host: string) => void done.push(host);
  const resolve = async () => {
    throw new TypeError('a defect');
  };
  await assert.rejects(erase(undefined, { resolve, forgetAnswer }), TypeError);
  assert.deepEqual(done, [HOST]);
});

test('what a person stored is forgotten, and what keeps it in the keychain is told once all else is done', async () => {
  const left = new AppError({ code: 'left-in-keychain', message: 'it stays' });
  const done: string[] = [];
  const failing = erase(identity(), {
    ...ofAPerson,
    forgetStored: async () => {
      throw left;
    },
    forgetAnswer: async (host) => void done.push(`forget ${host}`),
    signOut: async (host) => done.push(`sign out of ${host}`) > 0,
  });
  await assert.rejects(failing, left);
  assert.deepEqual(done, [`forget ${HOST}`, `sign out of ${HOST}`]);
});

test('while a config or kubeconfig can’t be read, nobody knows who is to be signed out, and that is told', async () => {
  const problem = { code: 'config-broken', why: '/c:2:1: a bracket is missing' };
  const unreadConfig = { nowMs: 0, settings: { settings: undefined, problem } };
  const why = '/k can’t be read: it is a directory';
  const remedy = { do: 'Correct that file.' };
  const identities = { all: [], current: undefined, problems: [why], remedy };
  const unreadKubeconfig = { nowMs: 0, settings: { settings: { server: SERVER } }, identities };
  for (const [facts, told, fix] of [
    [unreadConfig, problem.why, undefined],
    [unreadKubeconfig, why, remedy],
  ] as const) {
    const done: string[] = [];
    const resolve = async () => ({ facts, resolution: resolveHost(HOST, facts), stored: undefined });
    const forgetAnswer = async (host: string) => void done.push(`forget ${host}`);
    await assert.rejects(erase(undefined, { resolve, forgetAnswer }), (error) => {
      assert.ok(error instanceof AppError);
      assert.deepEqual([error.code, error.fix], ['not-signed-out', fix]);
      assert.ok(error.message.endsWith(told), error.message);
      return true;
    });
    assert.deepEqual(done, [`forget ${HOST}`]);
  }
});
