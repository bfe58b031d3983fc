import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSubject, type Subject, subjectInWords } from '../../../src/commands/doctor/arguments.ts';
import { type Check, type Finding, runChecks } from '../../../src/commands/doctor/check.ts';
import { countedOf, hostsToCheck, type Target } from '../../../src/commands/doctor/scope.ts';
import type { Engine } from '../../../src/engines/engines.ts';
import type { Resolution } from '../../../src/engines/lookup/resolve-image.ts';
import { bindHost, type RegistrySettings } from '../../../src/registry/bind-host.ts';
import { engineState, K, X } from '../../engines/lookup/lookup-world.ts';
import { factsOf } from './fake-facts.ts';

function target(engines: Target['engines'], host: string): Target {
  const subject = parseSubject(`${host}/ns/app`) ?? assert.fail();
  return { engines, subject, hosts: [host], named: host };
}

/** What a check says that finds each host in a state of its own. */
async function told(
  states: Readonly<Record<string, Finding['status']>>,
  targets: readonly Target[],
  per: Check['per'] = 'target',
) {
  const facts = factsOf({ hosts: targets.flatMap(({ hosts }) => hosts), ours: ['a.io', 'b.io'], targets });
  const run: Check['run'] = async ({ hosts, ours, engines }) => {
    assert.deepEqual(ours, hosts);
    const by = engines.join();
    return hosts.map((host) => ({ status: states[host] ?? 'ok', code: 'c', host, why: `${host} by ${by}` }));
  };
  const check: Check = { id: 'c', title: 'c', needs: 'machine', per, run };
  const found = await runChecks([check], facts, new AbortController().signal);
  return found.map(({ status, why }) => [status, why]);
}

test('what one engine alone asks is told with its engine, and what both ask is not', async () => {
  const apart = [target(['docker'], 'a.io'), target(['podman'], 'b.io')];
  assert.deepEqual(await told({ 'b.io': 'problem' }, apart), [
    ['ok', 'docker: a.io by docker'],
    ['problem', 'podman: b.io by podman'],
  ]);
  assert.deepEqual(await told({}, [target(['docker', 'podman'], 'a.io')]), [['ok', 'a.io by docker,podman']]);
  assert.deepEqual(await told({}, []), []);
});

test('of registries that podman tries one after the other it is enough that one serves a pull', async () => {
  const [a, b] = [target(['podman'], 'a.io'), target(['podman'], 'b.io')];
  const statuses = async (first: Target, states: Readonly<Record<string, Finding['status']>>) =>
    (await told(states, [first, b], 'any target')).map(([status]) => status);
  assert.deepEqual(await statuses(a, { 'a.io': 'problem' }), ['note', 'ok']);
  assert.deepEqual(await statuses(a, { 'a.io': 'problem', 'b.io': 'problem' }), ['problem', 'problem']);
  assert.deepEqual(await statuses(a, { 'a.io': 'problem', 'b.io': 'skipped' }), ['problem', 'skipped']);
  assert.equal((await told({ 'a.io': 'problem' }, [a, b]))[0]?.[0], 'problem');
  // docker has no other.
  assert.deepEqual(await statuses(target(['docker', 'podman'], 'a.io'), { 'a.io': 'problem' }), [
    'problem',
    'ok',
  ]);
});

test('what an engine says twice is told once', async () => {
  const targets = [target(['podman'], 'a.io'), target(['podman'], 'b.io')];
  const run: Check['run'] = async () => [{ status: 'skipped', code: 'c', why: 'podman is not installed' }];
  const check: Check = { id: 'c', title: 'c', needs: 'machine', per: 'target', run };
  const found = await runChecks([check], factsOf({ targets }), new AbortController().signal);
  assert.equal(found.length, 1);
});

test('an engine that is not there counts where it asks for the same, or where no other is there', async () => {
  const resolution = (engine: Engine, host?: string): Resolution => {
    const place = { kind: 'host', host: host ?? '', asked: host ?? '' } as const;
    const places = host === undefined ? [] : [{ named: place, asked: place }];
    return { engine, places, step: undefined, fault: undefined };
  };
  const counted = async (hosts: readonly (string | undefined)[], ...there: readonly Engine[]) => {
    const [docker, podman] = hosts;
    const both = [resolution('docker', docker), resolution('podman', podman)];
    return (await countedOf(both, async (engine) => there.includes(engine))).map(({ engine }) => engine);
  };
  assert.deepEqual(await counted(['a.io', 'a.io'], 'docker'), ['docker', 'podman']);
  assert.deepEqual(await counted(['a.io', 'b.io'], 'docker'), ['docker']);
  assert.deepEqual(await counted(['a.io', undefined], 'docker'), ['docker']);
  assert.deepEqual(await counted(['a.io', undefined], 'podman'), ['podman']);
  assert.deepEqual(await counted(['a.io', 'b.io']), ['docker', 'podman']);
});

const CLAIMED = 'registry.work.example.com';
const BROKEN = 'broken.example.com';
const UNKNOWN = 'registry.other.example.com';
const CI = 'registry.ci.openshift.org';
const OPEN = 'registry.open.example.com';
const CONFIG: Readonly<Record<string, RegistrySettings>> = {
  'linked.example.com': { server: 'https://api.example.com:6443' },
  [OPEN]: { anonymous: true },
};

async function toCheck(
  word: string | undefined,
  content: Parameters<typeof engineState>[0],
  asked: readonly string[] = [],
) {
  const claims: string[] = [];
  const subject: Subject = parseSubject(word) ?? assert.fail();
  const hosts = await hostsToCheck(subject, asked, engineState(content).files, {
    readConfig: async () => ({
      path: '/c.yaml',
      isThere: true,
      problems: [],
      hosts: ['linked.example.com'],
      anonymous: [OPEN],
      secretPlace: 'keychain',
    }),
    bindingOf: async (host) => (host === BROKEN ? undefined : bindHost(host, CONFIG[host])),
    isClaimed: async (host) => {
      claims.push(host);
      return host === CLAIMED;
    },
  });
  return { ...hosts, claims };
}

test('what oc registry login left is ours where the catalogue or the cluster says so', async () => {
  const logins = { [X]: { logins: [CLAIMED, `${UNKNOWN}/team`, CI], dead: ['quay.io', OPEN] } };
  assert.deepEqual(await toCheck(undefined, logins), {
    hosts: ['linked.example.com', CI, CLAIMED],
    ours: ['linked.example.com', CI, CLAIMED],
    anonymous: [OPEN],
    unclaimed: [UNKNOWN],
    // Neither of public registries nor of what is known is a cluster asked.
    claims: [CLAIMED, UNKNOWN],
  });
});

test("a host of which the config speaks, and can't be relied on, is ours: what is wrong there is its problem", async () => {
  const { ours, unclaimed, claims } = await toCheck(BROKEN, {}, [BROKEN]);
  assert.deepEqual([ours, unclaimed, claims], [[BROKEN], [], []]);
});

test('an entry that is empty, and a host that is kept anonymous though a file names the helper, is not ours', async () => {
  const content = { [K]: { helpers: { [OPEN]: 'openshift' }, empty: [CI, CLAIMED] } };
  const { ours, hosts, anonymous, claims } = await toCheck(undefined, content);
  assert.deepEqual([ours, anonymous], [['linked.example.com'], [OPEN]]);
  assert.deepEqual([hosts, claims], [['linked.example.com', OPEN], []]);
});

test('a host that was asked about is the helper`s by config, catalogue, file or the cluster`s word', async () => {
  const files = { [K]: { helpers: { 'named.example.com': 'openshift' } } };
  const whose = async (host: string) => {
    const { hosts, claims: _, ...rest } = await toCheck(host, files, [host]);
    assert.deepEqual(hosts, [host]);
    return Object.entries(rest).flatMap(([kind, those]) => (those.includes(host) ? [kind] : []));
  };
  for (const host of ['linked.example.com', CI, 'named.example.com', CLAIMED]) {
    assert.deepEqual(await whose(host), ['ours'], host);
  }
  assert.deepEqual(await whose(OPEN), ['anonymous']);
  assert.deepEqual(await whose(UNKNOWN), ['unclaimed']);
  assert.deepEqual(await whose('quay.io'), []);
});

test('of an image, what the engines ask is looked at, and not what was typed', async () => {
  const { hosts, ours, unclaimed } = await toCheck('alias.example.com/ns/app', {}, [
    CLAIMED,
    UNKNOWN,
    'quay.io',
  ]);
  assert.deepEqual([hosts, ours, unclaimed], [[CLAIMED, UNKNOWN, 'quay.io'], [CLAIMED], [UNKNOWN]]);
});

const DIGEST = `sha256:${'ab'.repeat(32)}`;

test('a word is a registry host, an image or the URL of a console', () => {
  const kinds: Record<string, string | undefined> = {
    'registry.example.com': 'host',
    'registry.example.com:5000': 'host',
    'registry:5000': 'host',
    'https://registry.example.com': 'host',
    'https://registry.example.com/v2/': 'host',
    'registry.example.com/': 'host',
    localhost: 'host',
    'registry.example.com/ns/app': 'image',
    'registry.example.com/ns/app:tag': 'image',
    [`docker://registry.example.com/ns/app@${DIGEST}`]: 'image',
    busybox: 'image',
    'busybox:latest': 'image',
    'https://console.example.com/k8s/cluster/projects/ci-op-abc': 'console',
    'https://u:p@console.example.com/k8s/': undefined,
    'registry.example.com/Upper': undefined,
    'a b': undefined,
    '': undefined,
  };
  for (const [word, kind] of Object.entries(kinds)) assert.equal(parseSubject(word)?.kind, kind, word);
  assert.deepEqual(parseSubject(undefined), { kind: 'all' });
});

test('hosts come in the one spelling that is compared', () => {
  assert.deepEqual(parseSubject('HTTPS://Registry.Example.com:443/'), {
    kind: 'host',
    host: 'registry.example.com',
    asked: 'registry.example.com:443',
  });
  for (const word of ['docker.io', 'index.docker.io', 'https://index.docker.io/v1/', 'index.docker.io:443']) {
    assert.deepEqual(parseSubject(word), { kind: 'host', host: 'docker.io', asked: 'docker.io' }, word);
  }
  const image = parseSubject('registry.example.com:443/ns/app');
  assert.equal(image?.kind === 'image' && image.host, 'registry.example.com');
  assert.equal(image?.kind === 'image' && image.image.registry, 'registry.example.com:443');
});

test('an image is told as it was typed: a registry that was left out is not the same to podman', () => {
  const words = (text: string) => subjectInWords(parseSubject(text) ?? assert.fail());
  for (const text of ['busybox', 'busybox:latest', 'ns/app:1', `ns/app@${DIGEST}`, 'docker.io/ns/app']) {
    assert.equal(words(text), text);
  }
  assert.equal(words('docker://busybox'), 'docker.io/library/busybox');
});
