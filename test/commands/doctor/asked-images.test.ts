import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asNamedForPodman, countedOf, perAim } from '../../../src/commands/doctor/asked-images.ts';
import type { Aim } from '../../../src/commands/doctor/check.ts';
import type { Finding } from '../../../src/commands/doctor/finding.ts';
import { parseSubject } from '../../../src/commands/doctor/subject.ts';
import type { Engine } from '../../../src/engines/engines.ts';
import type { Resolution } from '../../../src/engines/lookup/resolve-image.ts';
import { CONTEXT } from './checks/checking.ts';

function aim(engines: Aim['engines'], host: string, named = host): Aim {
  const subject = parseSubject(`${host}/ns/app`) ?? assert.fail();
  return { engines, subject, hosts: [host], named };
}

const context = (...aims: readonly Aim[]) => ({
  ...CONTEXT,
  hosts: aims.flatMap(({ hosts }) => hosts),
  ours: ['a.io', 'b.io'],
  aims,
});

/** A check that finds each host in this state. */
const check = (states: Readonly<Record<string, Finding['status']>>, needed?: 'one') =>
  perAim(async ({ hosts, ours, engines }) => {
    assert.deepEqual(ours, hosts);
    return hosts.map((host) => ({ status: states[host] ?? 'ok', host, saw: `${host} by ${engines.join()}` }));
  }, needed);

const said = async (found: Promise<readonly Finding[]>) =>
  (await found).map(({ status, saw }) => [status, saw]);

test('what one engine alone asks is told with its engine, and what both ask is not', async () => {
  const run = check({ 'b.io': 'problem' });
  const apart = context(aim(['docker'], 'a.io'), aim(['podman'], 'b.io'));
  assert.deepEqual(await said(run(apart)), [
    ['ok', 'docker: a.io by docker'],
    ['problem', 'podman: b.io by podman'],
  ]);
  assert.deepEqual(await said(run(context(aim(['docker', 'podman'], 'a.io')))), [
    ['ok', 'a.io by docker,podman'],
  ]);
  assert.deepEqual(await run(context()), []);
});

test('of registries that podman tries one after the other it is enough that one serves a pull', async () => {
  const [a, b] = [aim(['podman'], 'a.io'), aim(['podman'], 'b.io')];
  const statuses = async (first: Aim, states: Readonly<Record<string, Finding['status']>>) =>
    (await check(states, 'one')(context(first, b))).map(({ status }) => status);
  assert.deepEqual(await statuses(a, { 'a.io': 'problem' }), ['note', 'ok']);
  assert.deepEqual(await statuses(a, { 'a.io': 'problem', 'b.io': 'problem' }), ['problem', 'problem']);
  assert.deepEqual(await statuses(a, { 'a.io': 'problem', 'b.io': 'skipped' }), ['problem', 'skipped']);
  const [each] = await check({ 'a.io': 'problem' })(context(a, b));
  assert.equal(each?.status, 'problem');
  // docker has no other.
  const both = aim(['docker', 'podman'], 'a.io');
  assert.deepEqual(await statuses(both, { 'a.io': 'problem' }), ['problem', 'ok']);
});

test('what an engine says twice is told once', async () => {
  const run = perAim(async () => [{ status: 'skipped', saw: 'podman is not installed' }]);
  const two = context(aim(['podman'], 'a.io'), aim(['podman'], 'b.io'));
  assert.deepEqual(await said(run(two)), [['skipped', 'podman is not installed']]);
});

test('podman`s configuration is looked at for the names that podman begins with', () => {
  const { hosts } = asNamedForPodman(context(aim(['docker'], 'a.io'), aim(['podman'], 'b.io', 'named.io')));
  assert.deepEqual(hosts, ['named.io']);
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
