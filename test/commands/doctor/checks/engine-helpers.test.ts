import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSubject } from '../../../../src/commands/doctor/arguments.ts';
import type { EngineState } from '../../../../src/engines/engine-state.ts';
import type { Engine } from '../../../../src/engines/engines.ts';
import { resolveImage } from '../../../../src/engines/lookup/resolve-image.ts';
import { C, registriesConf as conf, engineState, K, X } from '../../../engines/lookup/lookup-world.ts';
import { about, findingsOf, HOST, reading, repairs, told } from '../fake-facts.ts';

const OURS = { [HOST]: 'openshift' };
const named = (state: EngineState, more: Parameters<typeof repairs>[1] = {}) =>
  repairs('named-helpers', { ...reading(state), ...more });
const OK = ['ok', 'helper-named'];

test('both engines are to have the helper named for each host', async () => {
  assert.deepEqual(await named(engineState({})), [
    ['problem', 'helper-not-named', K],
    ['problem', 'helper-not-named', K],
  ]);
  assert.deepEqual(await named(engineState({ [K]: { helpers: OURS } })), [OK, OK]);
  assert.deepEqual(await named(engineState({ [C]: { helpers: OURS } })), [
    ['problem', 'helper-not-named', K],
    OK,
  ]);
  assert.deepEqual(await named(engineState({ [K]: { helpers: { [HOST]: 'secretservice' } } })), [
    ['problem', 'other-helper-named', K],
    ['problem', 'other-helper-named', K],
  ]);
  // docker asks its credsStore for all hosts, and podman never does.
  assert.deepEqual(await named(engineState({ [K]: { credsStore: 'openshift' } })), [
    OK,
    ['problem', 'helper-not-named', K],
  ]);
  const everywhere = conf({ helpers: ['openshift', 'containers-auth.json'], path: '/r.conf' });
  const state = engineState({}, { registriesConf: everywhere });
  assert.deepEqual(await named(state, { engines: ['podman'] }), [OK]);
});

test("podman's own file is one too many where docker's config names the helper, and the repair is in it", async () => {
  const both = engineState({ [C]: { helpers: OURS }, [K]: { helpers: OURS } });
  assert.deepEqual(await named(both), [OK, ['note', 'helper-named-twice', C]]);
  const why = (await findingsOf('named-helpers', reading(both)))[1]?.why;
  assert.equal(why, `${C} and ${K} name the helper for ${HOST}`);
  // By the session's file podman login reaches the helper: that is a person's choice.
  assert.deepEqual(await named(engineState({ [X]: { helpers: OURS }, [K]: { helpers: OURS } })), [OK, OK]);
});

test('a helper counts where its engine can read the file, and no repair is promised for one that is broken', async () => {
  const unusable = { state: 'unusable', failsFor: ['podman'], helpers: OURS } as const;
  assert.deepEqual(await named(engineState({ [K]: unusable })), [OK, ['problem', 'helper-not-named']]);
  for (const helpers of [{}, OURS]) {
    const state = engineState({ [K]: { state: 'unusable' }, [X]: { helpers }, [C]: { state: 'unusable' } });
    const findings = await findingsOf('named-helpers', reading(state));
    assert.ok(findings.every(({ repair }) => repair === undefined));
    const fix = { do: `Correct ${K} first, then run: docker-credential-openshift setup ${HOST}` };
    assert.deepEqual(findings[0]?.fix, fix);
  }
});

test('of a key that is there twice, the last one counts, as it does for engines', async () => {
  const twice = engineState({ [K]: {} });
  const helpers = ['other', 'openshift'].map((helper) => ({ key: HOST, helper }));
  const files = twice.files.map((file) => (file.path === K ? { ...file, helpers } : file));
  assert.deepEqual(await named({ ...twice, files }, { engines: ['docker'] }), [OK]);
});

test('Docker Hub has a key of its own for each engine, and is no cluster`s', async () => {
  const statuses = async (key: string, engines: readonly Engine[] = ['docker', 'podman']) => {
    const state = engineState({ [K]: { helpers: { [key]: 'openshift' } } });
    return (await named(state, { engines, ours: ['docker.io'] })).map(([status]) => status);
  };
  assert.deepEqual(await statuses('https://index.docker.io/v1/'), ['ok', 'note']);
  assert.deepEqual(await statuses('docker.io'), ['note', 'ok']);
  assert.deepEqual(await statuses('index.docker.io'), ['note', 'note', 'warning']);
});

test('HOST:443 is another name than HOST to engines, where one of them was typed', async () => {
  const facts = { ...reading(engineState({ [K]: { helpers: OURS } })), engines: ['docker' as const] };
  assert.deepEqual(await repairs('named-helpers', { ...facts, ...about(HOST) }), [OK]);
  const typed = { ...facts, ...about(`${HOST}:443`), ours: [HOST] };
  assert.deepEqual(await told('named-helpers', typed), [
    ['problem', 'helper-not-named', `docker-credential-openshift setup ${HOST}:443`],
  ]);
  assert.deepEqual(await repairs('named-helpers', typed), [['problem', 'helper-not-named']]);
});

test("a helper that only podman's passing file names is not there after a restart", async () => {
  assert.deepEqual(await named(engineState({ [X]: { helpers: OURS } }), { engines: ['podman'] }), [
    ['warning', 'helper-named-for-session', K],
  ]);
});

test('an engine that is not installed is passed over', async () => {
  assert.deepEqual(await named(engineState({}), { isInstalled: async () => false }), [
    ['skipped', 'engine-absent'],
    ['skipped', 'engine-absent'],
  ]);
});

test('a key that no engine looks for is told', async () => {
  const helpers = { ...OURS, [`https://${HOST}`]: 'openshift', [`${HOST}/team`]: 'openshift', 'o.io': 'x' };
  assert.deepEqual(await named(engineState({ [K]: { helpers } }), { engines: ['docker'] }), [
    OK,
    ['warning', 'helper-key-unused'],
    ['warning', 'helper-key-unused'],
  ]);
});

test("docker is found to ask the helper also where REGISTRY_AUTH_FILE names docker's own file", async () => {
  const check = (helpers: Readonly<Record<string, string>>) => {
    const state = engineState({ [K]: { chosenBy: 'REGISTRY_AUTH_FILE', helpers } });
    // What the variable names is read first.
    const files = state.files.toSorted(({ chosenBy }) => (chosenBy === undefined ? 1 : -1));
    return named({ ...state, files });
  };
  assert.deepEqual(await check(OURS), [OK, OK]);
  assert.deepEqual(await check({}), [
    ['problem', 'helper-not-named', K],
    ['problem', 'helper-not-named', K],
  ]);
});

const short = (word: string, search: readonly string[], mode: 'enforcing' | 'permissive' = 'permissive') => {
  const subject = parseSubject(word);
  if (subject?.kind !== 'image') return assert.fail();
  const names = search.length === 0 ? undefined : { registries: search, path: '/etc/r.conf' };
  const said = conf({ shortNames: { aliases: new Map(), search: names, mode, fault: undefined } });
  const resolutions = (['docker', 'podman'] as const).map((engine) => resolveImage(engine, subject, said));
  return findingsOf('short-name', { subject, resolutions });
};

test('which registry podman takes for a name without one is told, and what is to be typed where it knows none', async () => {
  const [unknown, ...more] = await short('alpine:edge', []);
  assert.deepEqual([unknown?.status, unknown?.code, more], ['problem', 'short-name-unknown', []]);
  assert.deepEqual(unknown?.fix, { run: 'podman pull docker.io/library/alpine:edge' });
  const [other] = await short('ns/app', ['a.io']);
  const words = ['podman takes ns/app for a.io/ns/app (/etc/r.conf)', 'docker takes it for docker.io/ns/app'];
  assert.deepEqual([other?.status, other?.why, other?.effect], ['note', ...words]);
  assert.equal((await short('ns/app', ['docker.io']))[0]?.status, 'ok');
  assert.deepEqual(await short('a.io/ns/app', []), []);
});

test('several registries are a warning where podman asks its user for one of them, or fails', async () => {
  const [strict] = await short('app', ['a.io', 'b.io'], 'enforcing');
  assert.deepEqual(
    [strict?.status, strict?.fix],
    ['warning', { do: 'Type it in full: a.io/app, or b.io/app.' }],
  );
  assert.equal((await short('app', ['a.io', 'b.io']))[0]?.status, 'note');
});
