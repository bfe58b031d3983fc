import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renewHosts } from '../../../src/commands/login/hosts.ts';
import type { Answering } from '../../../src/commands/login/ports.ts';
import { identity, SERVER, unexpected } from '../../support/identities.ts';

type RenewHostsPorts = Parameters<typeof renewHosts>[2];

const BOB = { server: SERVER, userEntry: 'bob/api', user: 'bob', context: 'bob ns/api/bob' };
const ALICES: Answering = { identity: identity({ user: 'alice/api' }) };
const BOBS: Answering = { identity: identity({ user: 'bob/api', context: BOB.context }) };

/** A machine's hosts, by who answers for them. */
function machine(hosts: Record<string, Answering>, changes: Partial<RenewHostsPorts> = {}) {
  const printed: string[] = [];
  const complained: string[] = [];
  const signedIn: string[] = [];
  const stopping = new AbortController();
  const ports: RenewHostsPorts = {
    print: (line) => void printed.push(line),
    printError: (line) => void complained.push(line),
    nowMs: () => 0,
    interrupted: stopping.signal,
    openHosts: () => ({
      known: async () => Object.keys(hosts),
      problems: async () => [],
      signedOut: () => [],
      hasTyped: unexpected('hasTyped'),
      isCurrent: async (server) => server === SERVER,
      whoAnswers: async (host) => hosts[host],
      signIn: async (host) => void signedIn.push(host),
      forgetAbsences: async () => {},
    }),
    renewHost: async () => ({ kind: 'good', username: 'bob', expiresAtMs: null, warnings: [] }),
    ...changes,
  };
  return { ports, printed, complained, signedIn, stopping };
}

test('only what is answered with the login is signed in again and renewed', async () => {
  const { ports, printed, signedIn } = machine({ 'a.example.com': ALICES, 'b.example.com': BOBS });
  assert.equal(await renewHosts(BOB, undefined, ports), 0);
  assert.deepEqual(signedIn, ['b.example.com']);
  assert.deepEqual(printed, ['b.example.com: good, as bob, no known end']);
});

test('a host that was signed out may ask the cluster of the login whose it is, and no other cluster', async () => {
  for (const [server, isSignedIn] of [
    [SERVER, true],
    ['https://api.other.example.com:6443', false],
  ] as const) {
    const { ports, signedIn } = machine({});
    const hosts = ports.openHosts();
    const openHosts = () => ({
      ...hosts,
      signedOut: () => ['b.example.com'],
      isCurrent: async (asked: string) => asked === server,
      whoAnswers: async (_host: string, mayAsk: boolean) => (mayAsk ? BOBS : { reason: null }),
    });
    assert.equal(await renewHosts(BOB, undefined, { ...ports, openHosts }), 0);
    assert.deepEqual(signedIn, isSignedIn ? ['b.example.com'] : []);
  }
});

test("a named host that is another's stays signed out, and that is no success", async () => {
  const { ports, printed, complained, signedIn } = machine({ 'a.example.com': ALICES });
  assert.equal(await renewHosts(BOB, 'a.example.com', ports), 1);
  assert.deepEqual([signedIn, printed], [[], []]);
  assert.deepEqual(complained, [
    "a.example.com: left as it was: it gets the token of alice/api, and the login is bob's [another-login]. To link it to that one, " +
      "run: docker-credential-openshift setup a.example.com --context 'bob ns/api/bob'",
  ]);
});

test('a named host that nobody answers for is told with why', async () => {
  const { ports, complained } = machine({
    'a.example.com': { reason: { code: 'several-users', why: 'two users fit' } },
  });
  assert.equal(await renewHosts(BOB, 'a.example.com', ports), 1);
  assert.deepEqual(complained, ['a.example.com: two users fit [several-users]']);
});

test('where no host is known to get the login, the command that binds one names its context', async () => {
  const { ports, printed } = machine({ 'a.example.com': ALICES });
  assert.equal(await renewHosts(BOB, undefined, ports), 0);
  assert.match(
    String(printed),
    /^No registry host is known here yet .* setup HOST --context 'bob ns\/api\/bob'\. .*, run: docker-credential-openshift setup$/,
  );
});

test('whoever stops it then hears that the login is kept', async () => {
  const never = () => new Promise<never>(() => {});
  const { ports, stopping } = machine({ 'b.example.com': BOBS }, { renewHost: never });
  const renewing = renewHosts(BOB, undefined, ports);
  stopping.abort();
  await assert.rejects(renewing, { code: 'interrupted', message: /^Stopped\. The login is kept/ });
});

test('a host that gets a typed login before this one is told of, and is no success where it was named', async () => {
  const typed = {
    kind: 'good',
    username: 'carol',
    expiresAtMs: null,
    warnings: [],
    isTyped: true,
  } as const;
  const line =
    'b.example.com: good, as carol, no known end. It gets the login of carol that was typed for it, and not this one [typed-comes-first]. ' +
    'To drop that and log in anew, run: docker-credential-openshift logout b.example.com && docker-credential-openshift login b.example.com';
  const named = machine({ 'b.example.com': BOBS }, { renewHost: async () => typed });
  assert.equal(await renewHosts(BOB, 'b.example.com', named.ports), 1);
  assert.deepEqual([named.printed, named.complained], [[], [line]]);
  const other = machine({ 'b.example.com': BOBS }, { renewHost: async () => typed });
  assert.equal(await renewHosts(BOB, undefined, other.ports), 0);
  assert.deepEqual(other.printed, [line]);
});

test('a fault of the config that may hide hosts is told by its line, and is no success', async () => {
  const { ports, printed, complained } = machine({ 'b.example.com': BOBS });
  const why = '/home/bob/config.yaml:2:1: Flow map must end with a }';
  const problems = async () => [{ code: 'r', why }];
  const openHosts = () => ({ ...ports.openHosts(), problems });
  assert.equal(await renewHosts(BOB, undefined, { ...ports, openHosts }), 1);
  assert.deepEqual(complained, [
    'Registry hosts that your config names may get no login until it is fixed: /home/bob/config.yaml:2:1: Flow map must end with a } [r]',
  ]);
  assert.deepEqual(printed, ['b.example.com: good, as bob, no known end']);
  const none = machine({});
  const opened = () => ({ ...none.ports.openHosts(), problems });
  assert.equal(await renewHosts(BOB, undefined, { ...none.ports, openHosts: opened }), 1);
  assert.deepEqual(none.printed, []);
});
