import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OwnChoice } from '../../src/hosts/choose-identity.ts';
import type { HostFacts } from '../../src/hosts/host-facts.ts';
import { givenToken, type Identity } from '../../src/hosts/identity.ts';
import type { KeptToken } from '../../src/hosts/keep-token.ts';
import { heldToken, knownToken } from '../../src/hosts/known-token.ts';
import { AppError } from '../../src/hosts/reason.ts';
import { identity, jwt, plugin, TOKEN, unexpected } from '../support/identities.ts';
import { NOW } from './answering.ts';
import { HOST, ORDER, SELF_RENEWING } from './obtain-token-world.ts';

const held = (
  who: Identity,
  more: Partial<Parameters<typeof heldToken>[2]> = {},
  order: OwnChoice['order'] = undefined,
) =>
  heldToken(
    HOST,
    { identity: who, origin: 'current-context', order },
    {
      nowMs: () => NOW,
      readTokenFile: unexpected('readTokenFile'),
      recallKept: unexpected('recallKept'),
      keyOf: async () => 'key',
      fingerprintOf: (token) => `f of ${token}`,
      isSignedOut: async () => false,
      recentFailure: unexpected('recentFailure'),
      ...more,
    },
  );
const kept = (expiresAtMs: number): KeptToken => ({ token: 'm', startedAtMs: NOW - 1000, expiresAtMs });
const none = identity({ source: { kind: 'none', reason: { code: 'no-token', why: 'none' } } });
const robot = identity({ source: { kind: 'exec', plugin: plugin() } });

test('a token that lies in the kubeconfig or a file is held, without a life that the program knows', async () => {
  assert.deepEqual(await held(identity()), {
    token: TOKEN,
    fingerprint: `f of ${TOKEN}`,
    life: undefined,
    isSignedOut: false,
    failure: undefined,
  });
  const file = identity({ source: { kind: 'token-file', path: '/t' } });
  assert.equal((await held(file, { readTokenFile: async (path) => `in ${path}` })).token, 'in /t');
});

test("a file that can't be read, and a client certificate, are why there is none", async () => {
  const readTokenFile = async () => {
    throw new AppError({ code: 'bad-token-file', message: 'it is empty' });
  };
  const file = identity({ source: { kind: 'token-file', path: '/t' } });
  assert.equal((await held(file, { readTokenFile })).fault?.code, 'bad-token-file');
  const certificate = identity({ source: { kind: 'client-certificate' } });
  assert.equal((await held(certificate)).fault?.code, 'client-certificate');
});

test('what was minted, or a plugin gave, is held with its life while it lasts', async () => {
  const recallKept = () => kept(NOW + 1);
  assert.equal((await held(identity(), { recallKept }, ORDER)).life?.expiresAtMs, NOW + 1);
  const over = await held(identity(), { recallKept: () => kept(NOW) }, ORDER);
  assert.deepEqual([over.token, over.life], [undefined, undefined]);
  const given = await held(robot, { recallKept, recentFailure: () => undefined });
  assert.deepEqual([given.token, given.failure], ['m', undefined]);
});

test('a plugin that failed a while ago is told with the command that gives it a person to ask', async () => {
  const { failure } = await held(robot, { recallKept: () => undefined, recentFailure: () => 'it failed' });
  const fix = { run: 'docker-credential-openshift login work' };
  assert.deepEqual(failure, { code: 'plugin-failed-before', why: 'it failed', fix });
});

test('of a context without anything only a token that renews itself can be held', async () => {
  assert.deepEqual(await held(none), {});
  assert.deepEqual(await held(none, {}, ORDER), {});
  const recallKept = () => kept(NOW + 1);
  assert.equal((await held(none, { recallKept }, SELF_RENEWING)).token, 'm');
});

test('whether a person signed out with it is asked by its fingerprint, and of no other', async () => {
  const asked: string[] = [];
  const isSignedOut = async (_host: string, fingerprint: string) => asked.push(fingerprint) > 0;
  assert.equal((await held(identity(), { isSignedOut })).isSignedOut, true);
  assert.deepEqual(asked, [`f of ${TOKEN}`]);
  const nothing = { recallKept: () => undefined, isSignedOut: unexpected('isSignedOut') };
  assert.equal((await held(identity(), nothing, ORDER)).isSignedOut, false);
});

test('a JWT tells its end, and its life where it says when it was issued, unless more is known of that very token', () => {
  const own: OwnChoice = { identity: identity(), origin: 'current-context', order: undefined };
  const of = (claims: object, more: Partial<HostFacts> = {}) => {
    const facts = {
      nowMs: NOW,
      held: { token: givenToken(jwt(claims)), fingerprint: 'f' },
      ...more,
    } as HostFacts;
    const { expiresAtMs, lifeMs } = knownToken(HOST, { own }, facts) ?? {};
    return [expiresAtMs, lifeMs];
  };
  assert.deepEqual(of({ exp: 5000, iat: 2000 }), [5_000_000, 3_000_000]);
  assert.deepEqual(of({ exp: 5000 }), [5_000_000, undefined]);
  assert.deepEqual(of({ iat: 2000 }), [undefined, undefined]);
  const knowledge = { fingerprint: 'f', expiresAtMs: 7, lifeMs: 6 };
  assert.deepEqual(of({ exp: 5000, iat: 2000 }, { knowledge }), [7, 6]);
  const others = { ...knowledge, fingerprint: 'another' };
  assert.deepEqual(of({ exp: 5000, iat: 2000 }, { knowledge: others }), [5_000_000, 3_000_000]);
});

test('the time at which a token is had anew, whose end nobody told, is not taken for its end', () => {
  const own: OwnChoice = { identity: robot, origin: 'current-context', order: undefined };
  const life = { startedAtMs: NOW - 1000, expiresAtMs: NOW + 600_000, isEndAssumed: true as const };
  const token = knownToken(HOST, { own }, { nowMs: NOW, held: { token: 'm', life } } as HostFacts);
  assert.deepEqual([token?.expiresAtMs, token?.lifeMs, token?.isEndAssumed], [undefined, undefined, true]);
});

test('a token that never ends has no life, and a defect of what reads one is no fault of the host', async () => {
  const own: OwnChoice = { identity: robot, origin: 'current-context', order: ORDER };
  const life = { startedAtMs: NOW - 1000, expiresAtMs: Number.POSITIVE_INFINITY };
  const token = knownToken(HOST, { own }, { nowMs: NOW, held: { token: 'm', life } } as HostFacts);
  assert.deepEqual([token?.expiresAtMs, token?.lifeMs], [null, undefined]);
  const hour = { startedAtMs: NOW, expiresAtMs: NOW + 3_600_000 };
  const short = knownToken(HOST, { own }, { nowMs: NOW, held: { token: 'm', life: hour } } as HostFacts);
  assert.deepEqual([short?.expiresAtMs, short?.lifeMs], [NOW + 3_600_000, 3_600_000]);
  const readTokenFile = async (): Promise<never> => {
    throw new TypeError('a defect');
  };
  const fromFile = identity({ source: { kind: 'token-file', path: '/t' } });
  await assert.rejects(held(fromFile, { readTokenFile }), TypeError);
});
