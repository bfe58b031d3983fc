import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loginOf as doctorsLogin } from '../../src/commands/doctor/network-state.ts';
import { outcomeOf } from '../../src/commands/renew/renew-outcome.ts';
import { findLoginFor } from '../../src/commands/setup/find-login-for.ts';
import { loginOf as statusLogin } from '../../src/commands/status/host-status.ts';
import { CACHE_FORMAT, type CachedAnswer } from '../../src/hosts/cached-answer.ts';
import type { AnswerPorts, Inspection, TypedLoginWord } from '../../src/hosts/check-token.ts';
import { type Decision, decideAnswer } from '../../src/hosts/decide-answer.ts';
import { type FactPorts, gatherFacts } from '../../src/hosts/gather-facts.ts';
import { givenToken, type Identities, type Identity, type TokenSource } from '../../src/hosts/identity.ts';
import { heldToken } from '../../src/hosts/known-token.ts';
import { AppError, errorOf, type Reason } from '../../src/hosts/reason.ts';
import { resolveHost } from '../../src/hosts/resolve-host.ts';
import { certificateOpensNothing } from '../../src/hosts/run-plugin.ts';
import type { SecretReading, StoredLogin } from '../../src/hosts/secret-store.ts';
import type { RegistrySettings } from '../../src/registry/bind-host.ts';
import { asItLies, identity, plugin } from '../support/identities.ts';
import fc from '../support/properties.ts';
import { DAY, NOW } from './answering.ts';

const A = 'https://api.a.example.com:6443';
const B = 'https://api.b.example.com:6443';
const APP_CI = 'https://api.ci.l2s4.p1.openshiftapps.com:6443';
const HOSTS = [
  'registry.apps.a.example.com',
  'registry.apps.b.example.com',
  'registry.ci.openshift.org',
  'registry.core.ci.openshift.org',
  'image-registry.openshift-image-registry.svc:5000',
  'quay.io',
];

/** Everything that there is: files, clusters, registries and what a person did. */
interface World {
  readonly host: string;
  readonly settings: RegistrySettings | undefined;
  readonly problem: Reason | undefined;
  readonly identities: Identities;
  /** The API servers that call the host theirs. */
  readonly claiming: readonly string[];
  readonly isProved: boolean;
  readonly isSignedOut: boolean;
  readonly tokensSignedOut: boolean;
  readonly typed: StoredLogin | undefined;
  readonly reading: SecretReading;
  readonly isUnusable: boolean;
  /** What clusters say of the tokens of this machine, and of what was typed. */
  readonly says: Inspection;
  readonly saysOfTyped: Inspection;
  readonly registrySays: TypedLoginWord;
}

const token = (name: string) => givenToken(`sha256~${name.padEnd(43, 'x')}`);
const source = fc.oneof(
  fc.constantFrom('one', 'two').map((name): TokenSource => ({ kind: 'token', token: token(name) })),
  fc.constantFrom<TokenSource>(
    { kind: 'token-file', path: '/token' },
    { kind: 'exec', plugin: plugin() },
    { kind: 'client-certificate' },
    { kind: 'none', reason: { code: 'no-token', why: 'it has none' } },
  ),
);
const context = fc.record({
  server: fc.constantFrom(A, B, APP_CI),
  user: fc.constantFrom('alice', 'bob'),
  insecure: fc.boolean(),
  route: fc.constantFrom('', 'by a proxy'),
  source,
});
const identities = fc
  .tuple(fc.array(context, { maxLength: 4 }), fc.nat(5), fc.boolean())
  .map(([contexts, at, isPod]): Identities => {
    const all: Identity[] = contexts.map((each, index) => identity({ ...each, context: `c${index}` }));
    const pod = identity({
      server: A,
      user: 'the pod',
      context: undefined,
      inCluster: true,
      source: { kind: 'token-file', path: '/token' },
    });
    if (isPod) all.push(pod);
    return { all, current: all[at], problems: [] };
  });
const settings = fc.option(
  fc.constantFrom<RegistrySettings>(
    { server: A },
    { server: A, user: 'alice' },
    { server: B, user: 'bob' },
    { server: A, context: 'c0' },
    { context: 'c1' },
    { context: 'gone' },
    { anonymous: true },
    { server: 'nonsense' },
    { current: true },
    { server: A, serviceAccount: 'ci/puller' },
    { server: A, serviceAccount: 'ci/puller', selfRenew: true },
    { tokenFile: '/token' },
    { server: B, tokenFile: '/token' },
  ),
  { nil: undefined },
);
const inspection = fc.constantFrom<Inspection>(
  {
    kind: 'accepted',
    username: 'alice',
    expiresAtMs: NOW + 20 * DAY,
    idleEndsAtMs: undefined,
    opensImages: true,
  },
  { kind: 'rejected' },
  { kind: 'revoked' },
  { kind: 'unavailable', detail: '503' },
);
const typed = fc.option(
  fc.record({
    username: fc.constant('robot'),
    id: fc.constant('1'),
    host: fc.constant('unset'),
    serverUrl: fc.constant('unset'),
    where: fc.constant('file' as const),
    boundTo: fc.constantFrom(undefined, A, B),
    expiresAtMs: fc.constantFrom(undefined, null, NOW - DAY, NOW + DAY),
  }),
  { nil: undefined },
);
const world: fc.Arbitrary<World> = fc
  .record({
    host: fc.constantFrom(...HOSTS),
    settings,
    problem: fc.oneof(
      { weight: 9, arbitrary: fc.constant(undefined) },
      fc.constant({ code: 'config-broken', why: 'it is broken' }),
    ),
    identities,
    claiming: fc.subarray([A, B]),
    isProved: fc.boolean(),
    isSignedOut: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true)),
    tokensSignedOut: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true)),
    typed,
    reading: fc.constantFrom<SecretReading>(
      { secret: token('typed') },
      { secret: 'a-password' },
      { fault: 'gone' },
      { fault: { kind: 'locked', message: 'it is locked', fix: { do: 'Unlock it.' } } },
    ),
    isUnusable: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.constant(true)),
    says: inspection,
    saysOfTyped: inspection,
    registrySays: fc.constantFrom<TypedLoginWord>('accepted', 'refused', 'failing', 'unknown'),
  })
  .map((each) => ({ ...each, typed: each.typed && { ...each.typed, host: each.host } }));

function portsOf(it: World): FactPorts & AnswerPorts {
  return {
    nowMs: () => NOW,
    readSettings: async () => ({ settings: it.settings, problem: it.problem }),
    readIdentities: async () => it.identities,
    readClaim: async (_host, { server }) => {
      const isClaimed = it.claiming.includes(server);
      return { claimed: isClaimed, rivals: isClaimed ? it.claiming.filter((each) => each !== server) : [] };
    },
    isHostSignedOut: async () => it.isSignedOut,
    isSignedOut: async () => it.tokensSignedOut,
    findStored: async () => it.typed,
    whyStoredUnusable: async () =>
      it.typed === undefined && it.isUnusable
        ? new AppError({ code: 'stored-login-unusable', message: 'it is open to others' })
        : undefined,
    readStored: async () => it.reading,
    obtainToken: async (host, { source: from }, order) => {
      if (order !== undefined) return { ...asItLies({ token: 'minted' }), expiresAtMs: NOW + DAY };
      if (from.kind === 'client-certificate') throw certificateOpensNothing(identity(), host);
      if (from.kind === 'none') throw errorOf(from.reason);
      return asItLies({ token: from.kind === 'token' ? from.token : from.kind });
    },
    fingerprintOf: (text) => `fingerprint of ${text}`,
    registryTakes: async () => it.isProved,
    recallKnowledge: () => undefined,
    inspectToken: async ({ isStored }) => (isStored === true ? it.saysOfTyped : it.says),
    probeRegistry: async () => 'accepted',
    probeTypedLogin: async () => it.registrySays,
    noteCluster: () => {},
  };
}

/** What is kept of a decision; undefined: nothing. */
function kept(host: string, decision: Decision): CachedAnswer | undefined {
  const { answer, stored, missed, knowledge, mayBeKept } = decision;
  if (mayBeKept === false) return undefined;
  const record = {
    format: CACHE_FORMAT,
    host,
    checkedAt: { wallMs: NOW, uptimeMs: null },
    environment: '',
    sources: [],
    ...(knowledge === undefined ? {} : { token: knowledge }),
    ...(missed === undefined ? {} : { missed }),
  };
  if (answer.kind === 'anonymous') return { ...record, answer };
  const { secret: _, ...rest } = answer;
  return stored === undefined
    ? { ...record, answer: { ...rest, fingerprint: 'f' } }
    : { ...record, answer: { ...rest, kind: 'kept', id: stored.id, where: stored.where } };
}

function recordsOf(
  it: World,
  last: CachedAnswer | undefined,
): NonNullable<Parameters<typeof gatherFacts>[3]> {
  const lies = (path: string) => Promise.resolve(path === '/token' ? 'token-file' : '');
  const held = {
    nowMs: () => NOW,
    readTokenFile: lies,
    recallKept: () => undefined,
    keyOf: async () => 'key',
    fingerprintOf: (text: string) => `fingerprint of ${text}`,
    isSignedOut: async () => it.tokensSignedOut,
    recentFailure: () => undefined,
  };
  return {
    heldToken: (host, own) => heldToken(host, own, held),
    lastAnswer: () => ({ knowledge: last?.token, last }),
  };
}
const codes = (reasons: readonly Reason[] = []) => reasons.map(({ code }) => code);

test('get, status, renew and doctor tell of the same login and for the same reasons, whatever there is', async () => {
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(world, async (it) => {
      const { host } = it;
      const decision = await decideAnswer(host, portsOf(it));
      const { answer, stored, identity: who } = decision;
      const last = kept(host, decision);
      const search = { mayAsk: false };
      const { resolution } = await gatherFacts(host, search, portsOf(it), recordsOf(it, last));
      const status = statusLogin(resolution);
      const doctor = doctorsLogin(decision, false, NOW);
      const renewal = outcomeOf(host, decision, NOW);
      assert.equal(doctor.kind === 'none', answer.kind === 'anonymous');
      assert.equal(renewal.kind === 'none', answer.kind === 'anonymous');
      if (answer.kind === 'anonymous') {
        const said = codes(answer.reasons);
        assert.deepEqual(doctor.kind === 'none' && codes(doctor.reasons), said);
        assert.deepEqual(renewal.kind === 'none' && codes(renewal.reasons), said);
        // What could not be had a moment ago is kept nowhere, and files tell nothing of it.
        if (last === undefined) return;
        compared += 1;
        const told = status.silent === 'anonymous' ? [] : codes(status.reasons);
        assert.deepEqual(
          told.filter((code) => code !== 'not-linked'),
          said,
        );
        if (who !== undefined && stored === undefined) assert.equal(status.server, who.server);
        return;
      }
      assert.deepEqual(codes(status.reasons), []);
      assert.equal(doctor.server, who?.server);
      if (last === undefined) return;
      compared += 1;
      if (stored !== undefined) {
        assert.deepEqual([status.renews, status.user], ['stored', stored.username]);
        if (who !== undefined) assert.equal(status.server, who.server);
        return;
      }
      assert.deepEqual(resolution.own?.identity, who);
      assert.equal(status.server, who?.server);
      assert.deepEqual(codes(status.warnings), codes(decision.missed));
    }),
    { numRuns: 5000, seed: 11 },
  );
  assert.ok(compared > 3000, `only ${compared} were kept`);
});

test('what setup links a host to is what get answers with, before and after', async () => {
  let linked = 0;
  await fc.assert(
    fc.asyncProperty(world, async (any) => {
      const it = { ...any, settings: undefined, problem: undefined, typed: undefined, isSignedOut: false };
      const { host } = it;
      const { claiming } = it;
      const isClaimed = async (_host: string, { server }: Identity) => claiming.includes(server);
      const clusters = {
        readIdentities: async () => it.identities,
        askCluster: async () => ({ fault: 'it gave no answer', refusedLogin: false }),
      };
      const binding = await findLoginFor(host, undefined, clusters, isClaimed).catch((error) => {
        if (!(error instanceof AppError)) throw error;
        return undefined;
      });
      if (binding === undefined) return;
      linked += 1;
      const { server, user } = binding;
      const before = (await gatherFacts(host, { mayAsk: true, typed: null }, portsOf(it))).resolution.own;
      if (before !== undefined) {
        assert.deepEqual([before.identity.server, before.identity.user], [server, user]);
      }
      const facts = { nowMs: NOW, identities: it.identities, settings: { settings: { server, user } } };
      const { own, reasons } = resolveHost(host, facts);
      if (own === undefined) assert.deepEqual(codes(reasons), ['ambiguous-route']);
      else assert.deepEqual([own.identity.server, own.identity.user], [server, user]);
    }),
    { numRuns: 5000, seed: 11 },
  );
  assert.ok(linked > 300, `only ${linked} were linked`);
});
