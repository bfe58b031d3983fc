import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Engine } from '../../../../src/cli/doctor/check.ts';
import { brokenFiles } from '../../../../src/cli/doctor/checks/broken-files.ts';
import { credsStore } from '../../../../src/cli/doctor/checks/creds-store.ts';
import { dockerAuthConfig } from '../../../../src/cli/doctor/checks/docker-auth-config.ts';
import { namedHelpers } from '../../../../src/cli/doctor/checks/named-helpers.ts';
import { registriesConf } from '../../../../src/cli/doctor/checks/registries-conf.ts';
import { registryAuthFile } from '../../../../src/cli/doctor/checks/registry-auth-file.ts';
import { shadowingLogins } from '../../../../src/cli/doctor/checks/shadowing-logins.ts';
import { staleLogins } from '../../../../src/cli/doctor/checks/stale-logins.ts';
import { type EngineState, filesOf } from '../../../../src/cli/doctor/engine-state.ts';
import { traceDocker } from '../../../../src/engines/trace-docker.ts';
import { tracePodman } from '../../../../src/engines/trace-podman.ts';
import {
  C,
  registriesConf as conf,
  engineState,
  K,
  OLD,
  storedLogin,
  X,
} from '../../../engines/lookup/lookup-world.ts';
import { CONTEXT, fixOf, HOST, inShort } from './checking.ts';

const OTHER = 'other.example.com';
const OURS = { [HOST]: 'openshift' };
const endInWords = () => 'whose token ended 3 days ago';
const reading = (state: EngineState) => ({
  engineState: async () => state,
  fixOf,
  endInWords: ({ secret }: { secret: unknown }) => ((secret as { dead: boolean }).dead ? endInWords() : ''),
  isInstalled: async () => true,
  heedsAuthConfig: async () => true,
  isOnPath: () => true,
  winnerOf: async (engine: Engine, registry: string, repository: string | undefined) =>
    (engine === 'docker' ? traceDocker : tracePodman)({
      engine,
      registry,
      repository,
      ...state,
      files: filesOf(engine, state),
      version: engine === 'docker' ? [28, 2] : [4, 3],
      isOnPath: () => true,
    }).winner,
});

test('files that engines can read are fine, and so are none', async () => {
  assert.deepEqual(inShort(await brokenFiles(reading(engineState({})))), [['ok', undefined]]);
  assert.deepEqual(inShort(await brokenFiles(reading(engineState({ [K]: {}, [X]: {} })))), [
    ['ok', undefined],
  ]);
});

test('an empty file is mended, a broken one is told with its line, one of another environment is a warning', async () => {
  const found = await brokenFiles(
    reading(engineState({ [C]: { state: 'blank' }, [K]: { state: 'unusable' } })),
  );
  assert.deepEqual(inShort(found), [
    ['problem', C],
    ['problem', undefined],
  ]);
  assert.match(found[1]?.saw ?? '', /config\.json:2:1: /);
  assert.match(found[1]?.why ?? '', /docker ignores the whole file/);
  const other = await brokenFiles(reading(engineState({ [X]: { state: 'unusable', current: false } })));
  assert.deepEqual(inShort(other), [
    ['ok', undefined],
    ['warning', undefined],
  ]);
});

test('both engines are to have the helper named for each host', async () => {
  const check = async (state: EngineState) => inShort(await namedHelpers(reading(state), CONTEXT));
  assert.deepEqual(await check(engineState({})), [
    ['problem', K],
    ['problem', C],
  ]);
  assert.deepEqual(await check(engineState({ [K]: { helpers: OURS } })), [
    ['ok', undefined],
    ['ok', undefined],
  ]);
  assert.deepEqual(await check(engineState({ [C]: { helpers: OURS } })), [
    ['problem', K],
    ['ok', undefined],
  ]);
  assert.deepEqual(await check(engineState({ [K]: { helpers: { [HOST]: 'secretservice' } } })), [
    ['problem', K],
    ['problem', K],
  ]);
});

test('HOST:443 is another name than HOST to engines, where one of them was typed', async () => {
  const state = engineState({ [K]: { helpers: OURS } });
  const check = (asked: string) =>
    namedHelpers(reading(state), {
      ...CONTEXT,
      engines: ['docker'],
      subject: { kind: 'host', host: HOST, asked },
    });
  assert.deepEqual(inShort(await check(HOST)), [['ok', undefined]]);
  const [finding] = await check(`${HOST}:443`);
  assert.deepEqual(
    [finding?.status, finding?.mend],
    ['problem', `docker-credential-openshift setup ${HOST}:443`],
  );
});

test("a helper that only podman's passing file names is not there after a restart", async () => {
  const found = await namedHelpers(reading(engineState({ [X]: { helpers: OURS } })), {
    ...CONTEXT,
    engines: ['podman'],
  });
  assert.deepEqual(inShort(found), [['warning', C]]);
});

test('an engine that is not installed is passed over', async () => {
  const ports = { ...reading(engineState({})), isInstalled: async () => false };
  assert.deepEqual(inShort(await namedHelpers(ports, CONTEXT)), [
    ['skipped', undefined],
    ['skipped', undefined],
  ]);
});

test('a key that no engine looks for is told', async () => {
  const helpers = { ...OURS, [`https://${HOST}`]: 'openshift', [`${HOST}/team`]: 'openshift', [OTHER]: 'x' };
  const found = await namedHelpers(reading(engineState({ [K]: { helpers } })), {
    ...CONTEXT,
    engines: ['docker'],
  });
  assert.deepEqual(
    found.map(({ status }) => status),
    ['ok', 'warning', 'warning'],
  );
});

test('registries.conf serves podman for every host', async () => {
  const path = '/etc/containers/registries.conf';
  const said = conf({ helpers: ['openshift', 'containers-auth.json'], path });
  const state = engineState({}, { registriesConf: said });
  const podman = { ...CONTEXT, engines: ['podman' as const] };
  assert.deepEqual(inShort(await namedHelpers(reading(state), podman)), [['ok', undefined]]);
  assert.deepEqual(inShort(await registriesConf(reading(state), CONTEXT)), [['note', undefined]]);
});

test('a helper of registries.conf that is not on the PATH is a problem', async () => {
  const said = conf({ helpers: ['nothing', 'containers-auth.json'], path: '/a/50.conf' });
  const ports = { ...reading(engineState({}, { registriesConf: said })), isOnPath: () => false };
  const [finding] = await registriesConf(ports, CONTEXT);
  assert.equal(finding?.status, 'problem');
});

test('a drop-in that a later one overrides, and a list without the files, are told', async () => {
  const overridden = [{ path: '/a/50.conf', helpers: ['openshift', 'containers-auth.json'] }];
  const off = conf({ helpers: ['containers-auth.json'], path: '/a/80.conf', overridden });
  const [finding] = await registriesConf(reading(engineState({}, { registriesConf: off })), CONTEXT);
  assert.match(
    finding?.saw ?? '',
    /^\/a\/50\.conf names the helper for every registry, and \/a\/80\.conf switches/,
  );
  const bare = conf({ helpers: ['openshift'], path: '/a/80.conf' });
  const found = await registriesConf(reading(engineState({}, { registriesConf: bare })), CONTEXT);
  assert.deepEqual(inShort(found), [['warning', undefined]]);
});

test('logins that hide the helper are problems with a fix, whatever file and spelling they are in', async () => {
  for (const key of [HOST, `${HOST}/team`, `https://${HOST}/v1/`]) {
    const state = engineState({ [X]: { dead: [key] }, [C]: { helpers: OURS }, [K]: { helpers: OURS } });
    const found = await shadowingLogins(reading(state), CONTEXT);
    assert.deepEqual(inShort(found), [['problem', X]], key);
    assert.match(found[0]?.why ?? '', /^podman, buildah and skopeo send it .* Now, every pull/);
  }
  const dockers = await shadowingLogins(reading(engineState({ [K]: { logins: [HOST] } })), CONTEXT);
  assert.match(dockers[0]?.why ?? '', /^docker, podman, buildah and skopeo send it .* Once its token ends/);
});

test('logins that count only where the helper has no answer are warnings', async () => {
  for (const path of [K, OLD]) {
    const helpers = path === K ? OURS : {};
    const named = { [C]: { helpers: OURS }, [K]: { helpers: OURS } };
    const state = engineState({ ...named, [path]: { helpers, logins: [HOST] } });
    assert.deepEqual(inShort(await shadowingLogins(reading(state), CONTEXT)), [['warning', path]]);
  }
  const state = engineState({ [X]: { current: false, logins: [HOST] }, [C]: { helpers: OURS } });
  assert.deepEqual(inShort(await shadowingLogins(reading(state), CONTEXT)), [['warning', X]]);
});

test('logins of hosts that are not ours, and empty entries, hide nothing', async () => {
  const state = engineState({ [X]: { dead: [OTHER], empty: [HOST] } });
  assert.deepEqual(inShort(await shadowingLogins(reading(state), CONTEXT)), [['ok', undefined]]);
  assert.deepEqual(await shadowingLogins(reading(state), { ...CONTEXT, ours: [] }), []);
});

test("other hosts' logins that have ended are told, with what removes them from the very file, and not mended", async () => {
  const state = engineState({
    [X]: { dead: [OTHER], logins: ['fine.example.com'] },
    [K]: { dead: [OTHER, HOST] },
    [OLD]: { dead: [OTHER] },
  });
  const found = await staleLogins(reading(state), CONTEXT);
  assert.deepEqual(
    found.map(({ status, mend, fix }) => [status, mend, fix]),
    [
      ['problem', `podman logout --authfile ${X} ${OTHER}`, undefined],
      ['problem', `docker logout ${OTHER}`, undefined],
      ['problem', `Take the entry "${OTHER}" out of ${OLD}.`, undefined],
    ],
  );
  assert.deepEqual(inShort(await staleLogins(reading(engineState({})), CONTEXT)), [['ok', undefined]]);
});

test('credsStore is told with what it hides, and its program is to be there', async () => {
  const state = engineState({ [K]: { credsStore: 'desktop', logins: [OTHER, HOST], helpers: OURS } });
  const found = await credsStore(reading(state), CONTEXT);
  assert.deepEqual(inShort(found), [
    ['note', undefined],
    ['warning', undefined],
  ]);
  assert.match(found[0]?.why ?? '', /Docker Desktop puts it back/);
  assert.match(found[1]?.saw ?? '', /"other\.example\.com" that docker does not see/);
  const [missing] = await credsStore({ ...reading(state), isOnPath: () => false }, CONTEXT);
  assert.equal(missing?.status, 'warning');
  assert.deepEqual(await credsStore(reading(state), { ...CONTEXT, engines: ['podman'] }), []);
  assert.deepEqual(await credsStore(reading(engineState({ [K]: {} })), CONTEXT), []);
});

test('a REGISTRY_AUTH_FILE that is not there is a problem for podman', async () => {
  const check = async (state: EngineState, engines = CONTEXT.engines) =>
    inShort(await registryAuthFile(reading(state), { engines }));
  const gone = engineState({ [X]: { chosen: true, state: 'absent' } });
  assert.deepEqual(await check(gone), [['problem', undefined]]);
  assert.deepEqual(await check(gone, ['docker']), []);
  assert.deepEqual(await check(engineState({ [X]: { chosen: true } })), [['note', undefined]]);
  assert.deepEqual(await check(engineState({})), []);
});

test('a DOCKER_AUTH_CONFIG that the installed docker does not heed does no harm', async () => {
  const state = engineState({}, { dockerAuthConfig: [storedLogin(HOST, true)] });
  const ports = { ...reading(state), heedsAuthConfig: async () => false };
  assert.deepEqual(inShort(await dockerAuthConfig(ports, CONTEXT)), [['note', undefined]]);
});

test('DOCKER_AUTH_CONFIG is told when it hides the helper, has ended or is broken', async () => {
  const check = async (state: EngineState) => inShort(await dockerAuthConfig(reading(state), CONTEXT));
  assert.deepEqual(await check(engineState({})), []);
  assert.deepEqual(await check(engineState({}, { dockerAuthConfig: 'broken' })), [['warning', undefined]]);
  assert.deepEqual(await check(engineState({}, { dockerAuthConfig: [storedLogin(HOST)] })), [
    ['problem', undefined],
  ]);
  assert.deepEqual(await check(engineState({}, { dockerAuthConfig: [storedLogin(OTHER, true)] })), [
    ['problem', undefined],
  ]);
  assert.deepEqual(await check(engineState({}, { dockerAuthConfig: [storedLogin(OTHER)] })), [
    ['note', undefined],
  ]);
});
