import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LoginMethod } from '../../../src/commands/login/arguments.ts';
import { findLoginTarget, refusePlainHttp } from '../../../src/commands/login/target.ts';
import type { Identity } from '../../../src/hosts/identity.ts';
import { resolveHost } from '../../../src/hosts/resolve-host.ts';
import type { RegistrySettings } from '../../../src/registry/bind-host.ts';
import { identity, SERVER, unexpected } from '../../support/identities.ts';

type LoginTargetPorts = Parameters<typeof findLoginTarget>[1];

const BOB = identity({ user: 'bob', context: 'bobs' });
const OTHER = identity({ server: 'https://api.other.example.com:6443', context: 'other' });
const APP_CI = 'https://api.ci.l2s4.p1.openshiftapps.com:6443';

interface World {
  readonly all?: readonly Identity[];
  readonly current?: Identity;
  readonly currentContext?: Identity;
  readonly settings?: Readonly<Record<string, RegistrySettings>>;
  readonly claimed?: Readonly<Record<string, Identity>>;
  /** Claims that a cluster has to be asked for. */
  readonly claiming?: Readonly<Record<string, Identity>>;
  readonly over?: Identity;
  readonly method?: LoginMethod;
  /** What a person who is asked for the cluster types. */
  readonly address?: string;
}

const BROWSER: LoginMethod = { kind: 'browser', port: 0, timeoutMs: 1, opensBrowser: true };

function find(
  typed: string | undefined,
  {
    all = [identity(), OTHER],
    current,
    currentContext,
    settings = {},
    claimed = {},
    claiming = {},
    over,
    method = BROWSER,
    address,
  }: World = {},
) {
  const ports: LoginTargetPorts = {
    identities: async () => ({ all, current, currentContext, problems: [] }),
    resolve: async (host) => {
      const identities = { all, current, currentContext, problems: [] };
      const claim = { claimed: false, rivals: [] };
      const facts = { nowMs: 0, settings: { settings: settings[host] }, signedOut: false, identities, claim };
      return { facts, resolution: resolveHost(host, facts) };
    },
    isClaimed: async (host, who, mayAsk) => claimed[host] === who || (mayAsk && claiming[host] === who),
    inspectToken: async (who) => (who === over ? { kind: 'rejected' } : { kind: 'unreachable', detail: '' }),
  };
  return findLoginTarget(typed, ports, method, async () => address);
}

test("the current context is the kubeconfig's own, and what the environment gives goes on coming first", async () => {
  const given = identity({ user: 'the environment', context: undefined });
  const work = identity();
  const all = [given, work, OTHER];
  const variable = 'DOCKER_CREDENTIAL_OPENSHIFT_TOKEN';
  const note = `${variable} goes on coming first for the registries of api.example.com:6443; unset it to have this login used there.`;
  const bare = await find(undefined, { all, current: given, currentContext: OTHER });
  assert.deepEqual([bare.identity, bare.note], [OTHER, note]);
  const world = { all, current: given, currentContext: work };
  assert.equal((await find('work', world)).note, note);
  assert.equal((await find('other', world)).note, undefined);
  const settings = { 'r.example.com': { server: SERVER } };
  const host = await find('r.example.com', { ...world, settings });
  assert.deepEqual([host.identity, host.note], [work, note]);
  const source = { kind: 'token-file', path: '/run/token' } as const;
  const file = await find('work', { ...world, current: { ...given, source } });
  assert.ok(file.note?.startsWith(`${variable}_FILE goes on`));
  const nowhere = { all: [given], current: given };
  await assert.rejects(find(undefined, nowhere), { code: 'no-context' });
});

test('without a word it is the current context; where there is none, that is said', async () => {
  assert.equal((await find(undefined, { current: OTHER })).identity, OTHER);
  await assert.rejects(find(undefined), { code: 'no-context' });
  await assert.rejects(find(undefined, { current: identity({ context: undefined, inCluster: true }) }), {
    code: 'no-context',
  });
});

test('a context wins over a host of the same name, and that is said', async () => {
  const host = 'registry.ci.openshift.org';
  const named = identity({ context: host });
  const { identity: found, note } = await find(host, { all: [named] });
  assert.equal(found, named);
  assert.equal(note, `${host} is a context of your kubeconfig, and taken for that.`);
  assert.equal((await find('work')).note, undefined);
});

test('a registry host stands for the cluster and user that it is linked to', async () => {
  const settings = { 'r.example.com': { server: SERVER, user: 'bob' } };
  const bound = await find('r.example.com', { all: [identity(), BOB], settings });
  assert.deepEqual([bound.identity, bound.host], [BOB, 'r.example.com']);
  const absent = await find('r.example.com', { all: [identity()], settings });
  assert.deepEqual([absent.server, absent.identity], [SERVER, undefined]);
  const known = await find('registry.ci.openshift.org');
  assert.deepEqual(
    [known.server, known.identity, known.host],
    [APP_CI, undefined, 'registry.ci.openshift.org'],
  );
  const claimed = await find('registry.example.com', { claimed: { 'registry.example.com': OTHER } });
  assert.deepEqual([claimed.identity, claimed.host], [OTHER, 'registry.example.com']);
});

test('a host stands for the user whom it is linked to, also where another answers since that one logged out', async () => {
  const reason = { code: 'no-token', why: 'signed out' };
  const gone = identity({ source: { kind: 'none', reason } });
  const settings = { 'r.example.com': { server: SERVER, user: gone.user } };
  const target = await find('r.example.com', { all: [gone, BOB], current: BOB, settings });
  assert.equal(target.identity, gone);
});

test("an API server's URL, or its host, stands for the identity there, or for a new one", async () => {
  for (const typed of [SERVER, `${SERVER}/`, 'api.example.com:6443']) {
    assert.equal((await find(typed)).server, SERVER);
    assert.equal((await find(typed)).identity?.context, 'work');
  }
  assert.deepEqual(await find('https://api.new.example.com:6443'), {
    server: 'https://api.new.example.com:6443',
    identity: undefined,
    host: undefined,
    note: undefined,
  });
  const plain = await find('http://api.new.example.com:8080');
  assert.throws(() => refusePlainHttp(plain), { code: 'plain-http' });
});

test('of two users on a cluster the current one is meant; else one must be named', async () => {
  const all = [identity(), BOB];
  assert.equal((await find(SERVER, { all, current: all[1] as Identity })).identity, BOB);
  await assert.rejects(find(SERVER, { all }), {
    code: 'several-users',
    message: `Several users of ${SERVER} are in your kubeconfig; name one's context: work, bobs`,
  });
});

test('what is not one of these is told with what is known, but for a token', async () => {
  await assert.rejects(find('wrok'), { code: 'unknown-target', message: /^"wrok" .* which has work, other/ });
  await assert.rejects(find(`sha256~${'k'.repeat(43)}`), ({ message }: Error) => !message.includes('kkk'));
  await assert.rejects(find('registry.svc.ci.openshift.org'), { code: 'decommissioned' });
  await assert.rejects(find('quay.io'), { code: 'public-registry', fix: { run: 'podman login quay.io' } });
});

test('whoever types a registry, a console or an API server without its port is told where the API server should be', async () => {
  const login = (server: string) => ({
    do: `Name its API server, as in: docker-credential-openshift login ${server}`,
  });
  const api = login('https://api.c.example.com:6443');
  const console = 'https://console-openshift-console.apps.c.example.com';
  const pasted = [
    'api.c.example.com',
    'default-route-openshift-image-registry.apps.c.example.com',
    console,
    `${console}/k8s/ns/team/pods`,
    `${console}/k8s/ns/team/pods?name=app`,
  ];
  for (const typed of pasted) {
    await assert.rejects(find(typed), { code: 'unknown-target', fix: api }, typed);
  }
  assert.equal((await find('api.c.example.com:443')).server, 'https://api.c.example.com');
  const ofCi = { run: 'docker-credential-openshift login registry.ci.openshift.org' };
  const ciConsole = 'https://console-openshift-console.apps.ci.l2s4.p1.openshiftapps.com/k8s/ns/ci';
  await assert.rejects(find(ciConsole), { code: 'unknown-target', fix: ofCi });
  await assert.rejects(find('wrong', { all: [] }), { fix: login('https://api.example.com:6443') });
  // A proxy of one's own may well have such a name.
  const known = identity({ server: console });
  assert.equal((await find(console, { all: [known] })).server, console);
});

test("a host that no cluster was heard of is asked for; where the current login is over it may be that cluster's", async () => {
  const host = 'registry.example.com';
  const asked = await find(host, { claiming: { [host]: OTHER }, current: identity() });
  assert.deepEqual([asked.identity, asked.host, asked.note], [OTHER, host, undefined]);
  const current = identity();
  const guessed = await find(host, { all: [current, OTHER], current, over: current });
  assert.deepEqual([guessed.identity, guessed.host], [current, host]);
  assert.match(guessed.note ?? '', /can't be asked before you are logged in/);
  await assert.rejects(find(host, { all: [current, OTHER], current }), { code: 'unknown-target' });
  const insecure = identity({ insecure: true });
  const world = { all: [insecure], current: insecure, over: insecure, claiming: { [host]: insecure } };
  await assert.rejects(find(host, world), { code: 'unknown-target' });
});

test('of several users a name or a token says who is meant', async () => {
  const alice = identity({ user: 'alice/c', context: 'a' });
  const bob = identity({ user: 'bob/c', context: 'b' });
  const by = (username: string): LoginMethod => ({ kind: 'password', username, fromStdin: true });
  for (const all of [
    [alice, bob],
    [bob, alice],
  ]) {
    assert.equal((await find(SERVER, { all, method: by('bob') })).identity, bob);
    assert.equal((await find(SERVER, { all, current: alice, method: by('bob') })).identity, bob);
    assert.equal((await find(undefined, { all, current: alice, method: by('bob') })).identity, bob);
    assert.equal((await find(SERVER, { all, current: alice, method: by('carol') })).identity, undefined);
    assert.equal((await find(SERVER, { all, method: { kind: 'token' } })).identity, undefined);
  }
  const unnamed = identity({ user: 'dev', context: 'd' });
  assert.equal((await find(SERVER, { all: [unnamed], method: by('bob') })).identity, unnamed);
  const admin = identity({ user: 'kube:admin/c', context: 'k' });
  assert.equal((await find(SERVER, { all: [alice, admin], method: by('kubeadmin') })).identity, admin);
});

test("a config that can't be read is in the way of a registry host only", async () => {
  const problem = { code: 'config-broken', why: 'config.yaml:2:1: no YAML' };
  const ports: LoginTargetPorts = {
    identities: async () => ({
      all: [identity({ context: 'work.example.com' })],
      current: undefined,
      problems: [],
    }),
    resolve: async (host) => {
      const facts = { nowMs: 0, settings: { settings: undefined, problem } };
      return { facts, resolution: resolveHost(host, facts) };
    },
    isClaimed: unexpected('isClaimed'),
    inspectToken: unexpected('inspectToken'),
  };
  for (const typed of ['work.example.com', SERVER, 'api.example.com:6443']) {
    assert.equal((await findLoginTarget(typed, ports, BROWSER, unexpected('askAddress'))).server, SERVER);
  }
  await assert.rejects(findLoginTarget('registry.example.com', ports, BROWSER, unexpected('askAddress')), {
    code: 'bad-config',
    message: "What your config says of registry.example.com can't be told: config.yaml:2:1: no YAML",
  });
});

test('a host that gets no login, whoever logs in, is refused with what changes that', async () => {
  const host = 'r.example.com';
  const by = (settings: RegistrySettings) =>
    find(host, { settings: { [host]: { server: SERVER, ...settings } } });
  const run = `docker-credential-openshift setup ${host} --context work`;
  await assert.rejects(by({ anonymous: true }), { code: 'anonymous-host', fix: { run } });
  await assert.rejects(by({ tokenFile: '/run/token' }), { code: 'token-file-host' });
  const minted = await by({ serviceAccount: 'ns/robot' });
  assert.equal(
    minted.note,
    `${host} gets a token of the service account ns/robot. Your login mints it, and is not sent there itself.`,
  );
});

test('where the kubeconfig has no context a person is asked for the cluster, and one who types nothing is told how to name it', async () => {
  const typed = await find(undefined, { all: [], address: `${SERVER}/` });
  assert.deepEqual([typed.server, typed.identity], [SERVER, undefined]);
  const fix = {
    do: 'Name its API server, as in: docker-credential-openshift login https://api.example.com:6443',
  };
  await assert.rejects(find(undefined, { all: [] }), { code: 'no-context', fix });
});
