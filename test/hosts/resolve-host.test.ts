import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostFacts } from '../../src/hosts/host-facts.ts';
import type { Identities, Identity } from '../../src/hosts/identity.ts';
import { resolveHost } from '../../src/hosts/resolve-host.ts';
import type { RegistrySettings } from '../../src/registry/bind-host.ts';
import { identity, plugin, SERVER, TOKEN } from '../support/identities.ts';
import { DAY, NOW } from './answering.ts';

const HOST = 'registry.apps.example.com';
const CI = 'registry.ci.openshift.org';
const GONE = 'registry.svc.ci.openshift.org';
const INTERNAL = 'image-registry.openshift-image-registry.svc:5000';
const alice = identity();
const bob = identity({ user: 'bob', context: 'play' });
const pod = identity({ user: 'pod', context: undefined, inCluster: true });
const job = identity({ user: 'the environment', context: undefined });
const logins = (current: Identity | undefined, ...all: Identity[]): Identities => ({
  all,
  current,
  problems: [],
});
const resolved = (host: string, settings: RegistrySettings | undefined, more: Partial<HostFacts> = {}) =>
  resolveHost(host, { nowMs: NOW, settings: { settings }, ...more });
const codes = (of: { readonly reasons: readonly { readonly code: string }[] }) =>
  of.reasons.map(({ code }) => code);

test('a fact that is missing is asked for, one after the other, and none that is not needed', () => {
  const asks = (host: string, settings: RegistrySettings | undefined, more: Partial<HostFacts> = {}) =>
    resolved(host, settings, more).asks?.kind;
  const mine = { identities: logins(alice, alice) };
  const login = { username: 'robot', boundTo: undefined, expiresAtMs: undefined };
  const read = { login, reading: { secret: TOKEN } };
  assert.equal(asks('quay.io', undefined), undefined);
  assert.equal(asks(GONE, undefined), undefined);
  assert.equal(asks(HOST, { anonymous: true }), undefined);
  assert.equal(asks(HOST, { server: SERVER }), 'identities');
  assert.equal(asks(HOST, { server: SERVER }, mine), undefined);
  assert.equal(asks(HOST, undefined, mine), 'claim');
  assert.equal(asks(HOST, undefined, { ...mine, claim: { claimed: true, rivals: [] } }), undefined);
  assert.equal(asks('quay.io', undefined, { typed: { login } }), 'secret');
  assert.equal(asks('quay.io', undefined, { typed: read }), undefined);
  assert.equal(asks(HOST, { server: SERVER }, { typed: { login } }), 'identities');
  assert.equal(asks(HOST, undefined, { typed: read }), 'identities');
  assert.equal(asks(HOST, undefined, { ...mine, typed: read }), 'claim');
  const claim = { claimed: true, rivals: [] };
  assert.equal(asks(HOST, undefined, { ...mine, typed: read, claim }), 'proof');
  assert.equal(asks(HOST, undefined, { ...mine, typed: read, claim, proof: true }), undefined);
  // What can be no token of that cluster is nothing to ask it about.
  const password = { login, reading: { secret: 'a-password' } };
  assert.equal(asks(HOST, undefined, { ...mine, typed: password }), undefined);
});

test('after a sign-out no cluster is asked whether the host is its own', () => {
  const { asks } = resolved(HOST, undefined, { identities: logins(alice, alice), signedOut: true });
  assert.deepEqual(asks, { kind: 'claim', identity: alice, mayAsk: false });
  const { asks: signedIn } = resolved(HOST, undefined, { identities: logins(alice, alice) });
  assert.deepEqual(signedIn, { kind: 'claim', identity: alice, mayAsk: true });
});

test('whose login a host gets is told with where it is from', () => {
  const rows: [settings: RegistrySettings | undefined, Identities, whose: string, from: string][] = [
    [{ server: SERVER }, logins(alice, alice, bob), 'alice', 'current-context'],
    [{ server: SERVER }, logins(undefined, bob), 'bob', 'only-context'],
    [{ server: SERVER, user: 'bob' }, logins(alice, alice, bob), 'bob', 'config'],
    [{ context: 'play' }, logins(alice, alice, bob), 'bob', 'config'],
    [{ server: SERVER, tokenFile: '/t' }, logins(alice, alice), '/t', 'config'],
    [{ current: true }, logins(job, alice, job), 'the environment', 'environment'],
    [{ server: SERVER, current: true }, logins(alice, alice), 'alice', 'environment'],
    [{ server: SERVER }, logins(job, job), 'the environment', 'environment'],
    [{ server: SERVER }, logins(pod, pod), 'pod', 'in-cluster'],
  ];
  for (const [settings, identities, whose, from] of rows) {
    const { own, state } = resolved(HOST, settings, { identities });
    assert.deepEqual([state, own?.identity.user, own?.origin], ['own', whose, from]);
  }
  const { own } = resolved(INTERNAL, undefined, { identities: logins(alice, alice, pod) });
  assert.deepEqual([own?.identity.user, own?.origin], ['pod', 'in-cluster']);
});

test('each state has its reasons, and says what to do next', () => {
  const mine = { identities: logins(alice, alice) };
  const problem = { code: 'config-broken', why: '/c:1:1: odd' };
  const none = identity({ source: { kind: 'none', reason: { code: 'no-token', why: 'none' } } });
  const setup = { run: `docker-credential-openshift setup ${HOST} --context work` };
  const rows: [ReturnType<typeof resolved>, state: string, codes: string[], fix: unknown][] = [
    [
      resolveHost(HOST, { nowMs: NOW, settings: { settings: {}, problem } }),
      'blocked',
      ['config-broken'],
      undefined,
    ],
    [resolved(HOST, { anonymous: true }), 'anonymous', [], undefined],
    [resolved('quay.io', undefined), 'unknown', [], undefined],
    [
      resolved(HOST, { server: 'x' }),
      'closed',
      ['server-no-url'],
      { do: 'Correct it; it begins with https://.' },
    ],
    [resolved(GONE, undefined), 'closed', ['decommissioned'], { do: 'Use the image in QCI instead.' }],
    [resolved(HOST, undefined, { ...mine, claim: { claimed: false, rivals: [] } }), 'unknown', [], undefined],
    [resolved(HOST, undefined, { identities: logins(undefined, alice) }), 'unknown', [], undefined],
    [
      resolved(HOST, undefined, { ...mine, claim: { claimed: true, rivals: ['https://b'] } }),
      'blocked',
      ['claimed-by-two'],
      setup,
    ],
    [
      resolved(HOST, { current: true }, { identities: logins(undefined, alice) }),
      'blocked',
      ['no-current-context'],
      { run: 'docker-credential-openshift login' },
    ],
    [
      resolved(HOST, { tokenFile: '/t' }, mine),
      'blocked',
      ['token-file-without-server'],
      { do: 'Name its server beside it in the config.' },
    ],
    [
      resolved(HOST, { server: SERVER }, { identities: logins(none, none) }),
      'blocked',
      ['no-token'],
      undefined,
    ],
    [
      resolved(
        HOST,
        { server: SERVER, serviceAccount: 'a/b', selfRenew: true },
        { identities: logins(none, none) },
      ),
      'own',
      [],
      undefined,
    ],
    [resolved(HOST, { server: SERVER }, mine), 'own', [], undefined],
  ];
  for (const [index, [resolution, state, reasons, fix]] of rows.entries()) {
    assert.deepEqual(
      [resolution.state, codes(resolution), resolution.fix],
      [state, reasons, fix],
      String(index),
    );
  }
});

test('a plugin of a context that nobody chose is not run, and the context is named with what chooses it', () => {
  const robot = identity({ server: SERVER, context: 'far', source: { kind: 'exec', plugin: plugin() } });
  const elsewhere = identity({ server: 'https://api.other.example.com:6443', context: 'near' });
  const identities = logins(elsewhere, elsewhere, robot);
  assert.deepEqual(codes(resolved(HOST, { server: SERVER }, { identities })), ['plugin-not-chosen']);
  assert.deepEqual(codes(resolved(HOST, { server: SERVER, user: 'alice' }, { identities })), []);
  assert.deepEqual(codes(resolved(HOST, { context: 'far' }, { identities })), []);
  assert.deepEqual(codes(resolved(HOST, { server: SERVER }, { identities: logins(robot, robot) })), []);
});

test('a sign-out comes before every login, and names the way back of whoever would answer', () => {
  const out = (host: string, settings: RegistrySettings | undefined, more: Partial<HostFacts> = {}) =>
    resolved(host, settings, { signedOut: true, identities: logins(alice, alice), ...more });
  const claim = { claimed: true, rivals: [] };
  const by = (command: string, host = HOST) => ({ run: `docker-credential-openshift ${command} ${host}` });
  const engine = (host: string) => ({
    do: `Run docker login ${host} or podman login --authfile ~/.docker/config.json ${host}.`,
  });
  const bound = out(HOST, { server: SERVER });
  assert.deepEqual([bound.state, codes(bound), bound.fix], ['signed-out', ['signed-out'], by('login')]);
  assert.equal(bound.own?.identity, alice);
  assert.deepEqual(out(HOST, { server: SERVER, serviceAccount: 'a/b' }).fix, by('setup'));
  assert.deepEqual(out(HOST, { server: SERVER, tokenFile: '/t' }).fix, by('setup'));
  assert.deepEqual(out(HOST, { current: true }).fix, by('setup'));
  assert.deepEqual(out(HOST, undefined, { claim }).fix, by('login'));
  assert.deepEqual(out(HOST, undefined, { claim: { claimed: false, rivals: [] } }).fix, engine(HOST));
  const internal = 'image-registry.openshift-image-registry.svc:5000';
  assert.deepEqual(out(internal, undefined).fix, engine(internal));
  const foreign = out('quay.io', undefined);
  assert.deepEqual([foreign.state, codes(foreign), foreign.fix], ['signed-out', [], engine('quay.io')]);
  assert.deepEqual([out(GONE, undefined).state, out(GONE, undefined).fix], ['closed', engine(GONE)]);
  // Nor is anything answered that was typed.
  const typed = { login: { username: 'r', boundTo: undefined, expiresAtMs: undefined } };
  assert.equal(out('quay.io', undefined, { typed }).state, 'signed-out');
  assert.equal(out(HOST, { server: SERVER }, { unusable: { code: 'x', why: 'x' } }).missed, undefined);
});

test('what was typed comes first while nothing speaks against it, judged by whoever can', () => {
  const login = { username: 'robot', boundTo: undefined, expiresAtMs: undefined };
  const mine = { identities: logins(alice, alice) };
  const of = (
    host: string,
    settings: RegistrySettings | undefined,
    secret: string,
    more: Partial<HostFacts> = {},
  ) => resolved(host, settings, { ...mine, ...more, typed: { login, reading: { secret } } });
  const judged = (resolution: ReturnType<typeof of>) => [
    resolution.state,
    resolution.typed?.judge,
    resolution.typed?.route?.server,
  ];
  assert.deepEqual(judged(of('quay.io', undefined, 'p')), ['typed', 'registry', undefined]);
  assert.deepEqual(judged(of(HOST, { server: SERVER }, TOKEN)), ['typed', 'cluster', SERVER]);
  const claim = { claimed: true, rivals: [] };
  assert.deepEqual(judged(of(HOST, undefined, TOKEN, { claim, proof: true })), ['typed', 'cluster', SERVER]);
  assert.deepEqual(judged(of(HOST, undefined, TOKEN, { claim, proof: false })), [
    'typed',
    'registry',
    undefined,
  ]);
  assert.deepEqual(judged(of(HOST, undefined, TOKEN, { claim: { claimed: false, rivals: [] } })), [
    'typed',
    'registry',
    undefined,
  ]);
  assert.deepEqual(judged(of(HOST, undefined, TOKEN, { claim: { claimed: true, rivals: ['b'] } })), [
    'typed',
    'registry',
    undefined,
  ]);
  const insecure = identity({ insecure: true });
  assert.deepEqual(judged(of(HOST, undefined, TOKEN, { identities: logins(insecure, insecure) })), [
    'typed',
    'registry',
    undefined,
  ]);
  // The in-cluster name without a pod is no cluster's.
  assert.deepEqual(judged(of(INTERNAL, undefined, 'p')), ['typed', 'registry', undefined]);
  assert.deepEqual(judged(of(INTERNAL, undefined, TOKEN, { identities: logins(pod, pod) })), [
    'typed',
    'cluster',
    SERVER,
  ]);
  assert.deepEqual(judged(of(HOST, { current: true }, TOKEN)), ['typed', 'cluster', SERVER]);
});

test('what was typed and does not do is told, and who answers in its place', () => {
  const mine = { identities: logins(alice, alice) };
  const missed = (
    login: { boundTo?: string; expiresAtMs?: number | null },
    reading: NonNullable<HostFacts['typed']>['reading'],
    settings: RegistrySettings = { server: SERVER },
  ) => {
    const whole = { username: 'robot', boundTo: undefined, expiresAtMs: undefined, ...login };
    const resolution = resolved(HOST, settings, { ...mine, typed: { login: whole, reading } });
    const { state, warnings } = resolution;
    return [state, resolution.missed?.kind, resolution.missed?.reasons[0]?.code, warnings.length];
  };
  const secret = { secret: TOKEN };
  assert.deepEqual(missed({ expiresAtMs: NOW - DAY }, secret), ['own', 'over', 'typed-expired', 0]);
  assert.deepEqual(missed({ expiresAtMs: NOW + 60_000 }, secret), ['own', 'over', 'typed-expired', 0]);
  assert.deepEqual(missed({ expiresAtMs: NOW + 61_000 }, secret), ['typed', undefined, undefined, 0]);
  assert.deepEqual(missed({}, { secret: 'password' }), ['own', 'refused', 'typed-no-token', 1]);
  assert.deepEqual(missed({}, { fault: 'gone' }), ['own', 'refused', 'typed-gone', 1]);
  const fault = { kind: 'locked', message: 'locked', fix: { do: 'Unlock it.' } } as const;
  assert.deepEqual(missed({}, { fault }), ['own', 'out-of-reach', 'keychain-locked', 1]);
  const other = 'https://api.other.example.com:6443';
  assert.deepEqual(missed({ boundTo: other }, secret), ['own', 'refused', 'typed-for-another', 1]);
  assert.deepEqual(missed({}, secret, { context: 'gone' }), [
    'blocked',
    'out-of-reach',
    'typed-unchecked',
    0,
  ]);
});

test('two ways to the cluster of what was typed, and neither current, are named before it is sent by either', () => {
  const all = [identity({ context: 'a', route: '1' }), identity({ context: 'b', route: '2' })];
  const login = { username: 'robot', boundTo: undefined, expiresAtMs: undefined };
  const typed = { login, reading: { secret: TOKEN } };
  const { missed } = resolved(HOST, { server: SERVER }, { identities: logins(undefined, ...all), typed });
  assert.deepEqual([missed?.reasons[0]?.code, missed?.server], ['ambiguous-route', SERVER]);
});

test('a fault elsewhere in the config is a warning beside an answer, and nothing where there is none', () => {
  const warning = { code: 'config-broken', why: 'odd' };
  const facts = { nowMs: NOW, identities: logins(alice, alice) };
  const own = resolveHost(HOST, { ...facts, settings: { settings: { server: SERVER }, warning } });
  assert.deepEqual(own.warnings, [warning]);
  const none = resolveHost('quay.io', { ...facts, settings: { settings: undefined, warning } });
  assert.deepEqual(none.warnings, []);
});

test('the engines that take a login of their own are told with the resolution', () => {
  const overrides = [
    { engine: 'podman', reason: { code: 'overridden', why: 'podman uses the login in FILE' } },
  ];
  assert.deepEqual(resolved('quay.io', undefined, { overrides }).overrides, overrides);
  assert.deepEqual(resolved('quay.io', undefined).overrides, []);
});

test('what a host was told last is what is known of it, until the very token it would get says otherwise', () => {
  const reasons = [{ code: 'token-refused', why: 'refused' }];
  const last = {
    format: 5,
    host: CI,
    answer: { kind: 'anonymous', reasons },
    checkedAt: { wallMs: NOW, uptimeMs: null },
    environment: '',
    sources: [],
  } as const;
  const of = (more: Partial<HostFacts>) =>
    resolved(HOST, { server: SERVER }, { identities: logins(alice, alice), last, ...more });
  assert.deepEqual([of({}).state, of({}).reasons], ['blocked', reasons]);
  const signedOut = of({ held: { token: 't', fingerprint: 'f', isSignedOut: true } });
  assert.deepEqual([signedOut.state, codes(signedOut)], ['signed-out', ['token-signed-out']]);
  const fault = { code: 'bad-token-file', why: 'it is empty' };
  assert.deepEqual([of({ held: { fault } }).state, of({ held: { fault } }).reasons], ['blocked', [fault]]);
  const failure = { code: 'plugin-failed-before', why: 'it failed' };
  assert.deepEqual(of({ held: { failure } }).reasons, reasons);
  assert.deepEqual(of({ held: { failure }, last: undefined }).reasons, [failure]);
  const silent = { ...last, answer: { kind: 'anonymous', reasons: [] } } as const;
  assert.equal(of({ last: silent }).state, 'own');
});

test('of a token that nobody looked for nothing is said, and of one that was looked for how it is spoken of', () => {
  const mine = { identities: logins(alice, alice) };
  assert.equal(resolved(HOST, { server: SERVER }, mine).token, undefined);
  const { token } = resolved(HOST, { server: SERVER }, { ...mine, held: {} });
  assert.equal(token?.words?.phrase, 'Your login to api.example.com:6443');
  assert.equal(resolved('quay.io', undefined, { held: {} }).token, undefined);
});

test('by files alone, what was typed and not answered last is missed for the reasons that it was missed for then', () => {
  const login = { username: 'robot', boundTo: undefined, expiresAtMs: undefined };
  const reasons = [{ code: 'token-refused', why: 'refused' }];
  const of = (unchecked: { unchecked?: true }, more: { missed?: typeof reasons }) => {
    const answer = {
      kind: 'credential',
      username: 'a',
      expiresAtMs: null,
      fingerprint: 'f',
      ...unchecked,
    } as const;
    const checkedAt = { wallMs: NOW, uptimeMs: null };
    const last = { format: 5, host: HOST, answer, checkedAt, environment: '', sources: [], ...more };
    const typed = { login, reading: null };
    const { missed } = resolved(HOST, { server: SERVER }, { identities: logins(alice, alice), typed, last });
    return [missed?.kind, missed?.reasons[0]?.code];
  };
  assert.deepEqual(of({}, { missed: reasons }), ['refused', 'token-refused']);
  assert.deepEqual(of({ unchecked: true }, { missed: reasons }), ['out-of-reach', 'token-refused']);
  assert.deepEqual(of({}, {}), ['refused', 'typed-refused']);
  assert.deepEqual(of({ unchecked: true }, {}), ['out-of-reach', 'typed-unchecked']);
});
