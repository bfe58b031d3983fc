import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSubject, type Subject } from '../../../src/commands/doctor/subject.ts';
import { bindHost, type RegistrySettings } from '../../../src/registry/bind-host.ts';
import { type HostPorts, hostsToCheck } from '../../../src/wiring/doctor/hosts.ts';
import { engineState, K, X } from '../../engines/lookup/lookup-world.ts';

const CLAIMED = 'registry.work.example.com';
const UNKNOWN = 'registry.other.example.com';
const CI = 'registry.ci.openshift.org';
const OPEN = 'registry.open.example.com';
const CONFIG: Readonly<Record<string, RegistrySettings>> = {
  'bound.example.com': { server: 'https://api.example.com:6443' },
  [OPEN]: { anonymous: true },
};

function ports(
  files: Parameters<typeof engineState>[0],
  askedFor: readonly string[] = [],
): HostPorts & { readonly claims: string[] } {
  const claims: string[] = [];
  return {
    named: Object.keys(CONFIG).filter((host) => CONFIG[host]?.anonymous !== true),
    anonymous: [OPEN],
    files: engineState(files).files,
    bindingOf: async (host) => bindHost(host, CONFIG[host]),
    isClaimed: async (host) => {
      claims.push(host);
      return host === CLAIMED;
    },
    asked: askedFor,
    claims,
  };
}
const subject = (word?: string): Subject => parseSubject(word) ?? assert.fail();

test('what oc registry login left is ours where the catalogue or the cluster says so', async () => {
  const given = ports({ [X]: { logins: [CLAIMED, `${UNKNOWN}/team`, CI], dead: ['quay.io', OPEN] } });
  assert.deepEqual(await hostsToCheck(subject(), given), {
    hosts: ['bound.example.com', CI, CLAIMED],
    ours: ['bound.example.com', CI, CLAIMED],
    anonymous: [OPEN],
    unclaimed: [UNKNOWN],
  });
  // Neither of public registries nor of what is known is a cluster asked.
  assert.deepEqual(given.claims, [CLAIMED, UNKNOWN]);
});

test('an entry that is empty, and a host that is kept anonymous though a file names the helper, is not ours', async () => {
  const given = ports({ [K]: { helpers: { [OPEN]: 'openshift' }, empty: [CI, CLAIMED] } });
  const { ours, hosts, anonymous } = await hostsToCheck(subject(), given);
  assert.deepEqual([ours, anonymous], [['bound.example.com'], [OPEN]]);
  assert.deepEqual(hosts, ['bound.example.com', OPEN]);
  assert.deepEqual(given.claims, []);
});

test('a host that was asked about is the helper`s by config, catalogue, file or the cluster`s word', async () => {
  const files = { [K]: { helpers: { 'named.example.com': 'openshift' } } };
  const whose = async (host: string) => {
    const { hosts, ...rest } = await hostsToCheck(subject(host), ports(files, [host]));
    assert.deepEqual(hosts, [host]);
    return Object.entries(rest).flatMap(([kind, those]) => (those.includes(host) ? [kind] : []));
  };
  for (const host of ['bound.example.com', CI, 'named.example.com', CLAIMED]) {
    assert.deepEqual(await whose(host), ['ours'], host);
  }
  assert.deepEqual(await whose(OPEN), ['anonymous']);
  assert.deepEqual(await whose(UNKNOWN), ['unclaimed']);
  assert.deepEqual(await whose('quay.io'), []);
});

test('of an image, what the engines ask is looked at, and not what was typed', async () => {
  const { hosts, ours, unclaimed } = await hostsToCheck(
    subject('alias.example.com/ns/app'),
    ports({}, [CLAIMED, UNKNOWN, 'quay.io']),
  );
  assert.deepEqual([hosts, ours, unclaimed], [[CLAIMED, UNKNOWN, 'quay.io'], [CLAIMED], [UNKNOWN]]);
});
