import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brokenFiles } from '../../../../src/commands/doctor/checks/broken-files.ts';
import { credsStore } from '../../../../src/commands/doctor/checks/creds-store.ts';
import { dockerAuthConfig } from '../../../../src/commands/doctor/checks/docker-auth-config.ts';
import { namedHelpers } from '../../../../src/commands/doctor/checks/named-helpers.ts';
import { registriesConf } from '../../../../src/commands/doctor/checks/registries-conf.ts';
import { registryAuthFile } from '../../../../src/commands/doctor/checks/registry-auth-file.ts';
import { shadowingLogins } from '../../../../src/commands/doctor/checks/shadowing-logins.ts';
import { staleLogins } from '../../../../src/commands/doctor/checks/stale-logins.ts';
import { type EngineState, filesOf } from '../../../../src/engines/engine-state.ts';
import type { Engine } from '../../../../src/engines/engines.ts';
import { lookUp } from '../../../../src/engines/lookup/look-up.ts';
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
    lookUp({
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
  assert.deepEqual(inShort(await brokenFiles(reading(engineState({})), CONTEXT)), [['ok', undefined]]);
  assert.deepEqual(inShort(await brokenFiles(reading(engineState({ [K]: {}, [X]: {} })), CONTEXT)), [
    ['ok', undefined],
  ]);
});

test('an empty file is mended, a broken one is told with its line, one of another environment is a warning', async () => {
  const found = await brokenFiles(
    reading(engineState({ [C]: { state: 'blank' }, [K]: { state: 'unusable' } })),
    CONTEXT,
  );
  assert.deepEqual(inShort(found), [
    ['problem', C],
    ['problem', undefined],
  ]);
  assert.match(found[1]?.saw ?? '', /config\.json:2:1: /);
  assert.match(found[1]?.why ?? '', /docker ignores the whole file/);
  const other = await brokenFiles(
    reading(engineState({ [X]: { state: 'unusable', current: false } })),
    CONTEXT,
  );
  assert.deepEqual(inShort(other), [
    ['ok', undefined],
    ['warning', undefined],
  ]);
});

test('what is said of a broken file agrees with what engines do: they read one after the other', async () => {
  const whyOf = async (state: EngineState, engines = CONTEXT.engines) =>
    (await brokenFiles(reading(state), { engines })).map(({ why }) => why);
  assert.deepEqual(await whyOf(engineState({ [X]: { state: 'unusable' } })), [
    'podman, buildah and skopeo fail every pull for it',
  ]);
  const [behind] = await whyOf(engineState({ [C]: { helpers: OURS }, [K]: { state: 'unusable' } }));
  assert.match(behind ?? '', /skopeo fail every pull for which they find no login before they come to it$/);
});

test('what is told of a fault is what each engine makes of it', async () => {
  const told = async (content: Parameters<typeof engineState>[0], engines = CONTEXT.engines) =>
    (await brokenFiles(reading(engineState(content)), { engines })).map(
      ({ status, why }) => `${status} ${why}`,
    );
  const trailing = { [C]: {}, [K]: { state: 'unusable', failsFor: ['podman'] } } as const;
  const [both] = await told(trailing);
  assert.match(
    both ?? '',
    /^problem docker passes over that, and goes by the rest; podman, buildah .* fail every pull/,
  );
  const [docker] = await told(trailing, ['docker']);
  assert.match(
    docker ?? '',
    /^warning Engines read it all the same.*: docker passes over that, and goes by the rest$/,
  );
  const [odd] = await told({ [K]: { state: 'unusable', failsFor: [] } });
  assert.match(odd ?? '', /^warning Engines read it all the same/);
  const [dangling] = await told({ [K]: { state: 'absent', fault: `${K} leads nowhere` } });
  assert.match(dangling ?? '', /^warning Engines take it for no file/);
});

test('with --engine only the files of that engine are looked at', async () => {
  const state = engineState({ [X]: { state: 'unusable', dead: [OTHER] }, [K]: { state: 'unusable' } });
  const check = (engines: readonly Engine[]) => brokenFiles(reading(state), { engines });
  const [docker, ...none] = await check(['docker']);
  assert.deepEqual(none, []);
  assert.equal(docker?.why, 'docker ignores the whole file, with every login and helper in it');
  assert.doesNotMatch((await check(['podman'])).map(({ why }) => why).join(), /docker/);
  const blank = engineState({ [K]: { state: 'blank' } });
  assert.deepEqual(await brokenFiles(reading(blank), { engines: ['docker'] }), []);
  assert.deepEqual(inShort(await staleLogins(reading(state), { ...CONTEXT, engines: ['docker'] })), [
    ['ok', undefined],
  ]);
});

test('a helper counts where its engine can read the file, and no fix is promised for that', async () => {
  const state = engineState({ [K]: { state: 'unusable', failsFor: ['podman'], helpers: OURS } });
  const found = await namedHelpers(reading(state), CONTEXT);
  assert.deepEqual(inShort(found), [
    ['ok', undefined],
    ['problem', C],
  ]);
});

test('no fix is promised for a file that is broken', async () => {
  for (const helpers of [{}, OURS]) {
    const state = engineState({ [K]: { state: 'unusable' }, [X]: { helpers }, [C]: { state: 'unusable' } });
    const found = await namedHelpers(reading(state), CONTEXT);
    assert.deepEqual(
      found.map(({ fix }) => fix),
      found.map(() => undefined),
    );
    assert.match(found[0]?.mend ?? '', /^Mend \S+config\.json first, then run: /);
  }
});

test('of a key that is there twice, the last one counts, as it does for engines', async () => {
  const twice = engineState({ [K]: {} });
  const files = twice.files.map((file) =>
    file.path === K
      ? { ...file, helpers: ['other', 'openshift'].map((helper) => ({ key: HOST, helper })) }
      : file,
  );
  const found = await namedHelpers(reading({ ...twice, files }), { ...CONTEXT, engines: ['docker'] });
  assert.deepEqual(inShort(found), [['ok', undefined]]);
});

test('Docker Hub has a key of its own for each engine, and is no cluster`s', async () => {
  const check = (key: string, engines: readonly Engine[] = ['docker', 'podman']) =>
    namedHelpers(reading(engineState({ [K]: { helpers: { [key]: 'openshift' } } })), {
      engines,
      ours: ['docker.io'],
      subject: { kind: 'all' },
    });
  const statuses = async (key: string) => (await check(key)).map(({ status }) => status);
  assert.deepEqual(await statuses('https://index.docker.io/v1/'), ['ok', 'note']);
  assert.deepEqual(await statuses('docker.io'), ['note', 'ok']);
  assert.deepEqual(await statuses('index.docker.io'), ['note', 'note', 'warning']);
  const [, , odd] = await check('index.docker.io');
  assert.match(
    odd?.why ?? '',
    /docker looks for https:\/\/index\.docker\.io\/v1\/, and podman for docker\.io/,
  );
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

test('a broken registries.conf, a blocked registry and another location are told', async () => {
  const path = '/a/50.conf';
  const table = (prefix: string, more: object) => ({
    path,
    prefix,
    location: '',
    blocked: false,
    insecure: false,
    mirrors: [],
    ...more,
  });
  const check = async (said: Parameters<typeof conf>[0]) =>
    registriesConf(reading(engineState({}, { registriesConf: conf(said) })), CONTEXT);
  const [broken] = await check({ broken: [{ path, fault: `${path}:1: no TOML` }] });
  assert.deepEqual([broken?.status, broken?.saw], ['problem', `${path}:1: no TOML`]);
  assert.match(broken?.mend ?? '', /mv \/a\/50\.conf \/a\/50\.conf\.broken$/);
  for (const prefix of [HOST, `${HOST}/team`, '*.example.com']) {
    const [blocked] = await check({ tables: [table(prefix, { blocked: true })] });
    assert.deepEqual([blocked?.status, blocked?.saw], ['problem', `${path} blocks ${prefix}`]);
  }
  const [moved] = await check({ tables: [table(HOST, { location: 'b.example.com', mirrors: ['m.io'] })] });
  assert.equal(moved?.status, 'note');
  assert.equal(
    moved?.saw,
    `By ${path}, podman asks m.io before ${HOST}, and b.example.com instead of ${HOST}`,
  );
  assert.deepEqual(
    await check({ tables: [table(OTHER, { blocked: true }), table(HOST, { location: HOST })] }),
    [],
  );
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

test('when such a login counts is told by what the engines would find', async () => {
  const why = async (state: EngineState) => (await shadowingLogins(reading(state), CONTEXT))[0]?.why ?? '';
  // podman reads nothing else of a file whose helper has no answer.
  assert.match(
    await why(engineState({ [K]: { helpers: OURS, logins: [HOST] } })),
    /^Nothing sends it as things are/,
  );
  const behind = engineState({ [C]: { helpers: OURS }, [K]: { helpers: OURS }, [OLD]: { logins: [HOST] } });
  assert.match(
    await why(behind),
    /^podman, buildah and skopeo send it as soon as the helper has no answer; then/,
  );
});

test('logins of hosts that are not ours, and empty entries, hide nothing', async () => {
  const state = engineState({ [X]: { dead: [OTHER], empty: [HOST] } });
  assert.deepEqual(inShort(await shadowingLogins(reading(state), CONTEXT)), [['ok', undefined]]);
  assert.deepEqual(await shadowingLogins(reading(state), { ...CONTEXT, ours: [] }), []);
});

test('a login for a host that is kept anonymous is a problem where it is sent, and the fix takes it out', async () => {
  const context = { ...CONTEXT, ours: [], anonymous: [HOST] };
  const state = engineState({ [X]: { dead: [HOST] }, [K]: { logins: [HOST] } });
  const found = await shadowingLogins(reading(state), context);
  assert.deepEqual(inShort(found), [
    ['problem', X],
    ['problem', K],
  ]);
  assert.match(
    found[0]?.why ?? '',
    /skopeo send it, although your config keeps \S+ anonymous\. Now, every pull/,
  );
  assert.match(found[1]?.why ?? '', /^docker sends it, although .* anonymous\. Once its token ends/);
  assert.deepEqual(inShort(await shadowingLogins(reading(engineState({})), context)), [['ok', undefined]]);
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

test('a key that no command of the engines takes is to be taken out by hand (podman 4.3 says "not logged into")', async () => {
  const url = `https://${OTHER}/v1/`;
  const cut = `https://***@${OTHER}/v1/`;
  const state = engineState({ [X]: { dead: [url, cut, `${OTHER}/team`] }, [K]: { dead: [url, cut] } });
  const found = await staleLogins(reading(state), CONTEXT);
  assert.deepEqual(
    found.map(({ mend }) => mend),
    [
      `Take the entry "${url}" out of ${X}.`,
      `Take the entry "https://***@${OTHER}/v1/" out of ${X}.`,
      `podman logout --authfile ${X} ${OTHER}/team`,
      `docker logout ${url}`,
      `Take the entry "https://***@${OTHER}/v1/" out of ${K}.`,
    ],
  );
  assert.match(found[1]?.why ?? '', /^No engine takes that key for a registry/);
});

test("docker's file keeps what else is in it, also where REGISTRY_AUTH_FILE names it: podman logout would write logins alone", async () => {
  const mends = async (state: EngineState) =>
    (await staleLogins(reading(state), CONTEXT)).map(({ mend }) => mend);
  const dockers = { dead: [OTHER], chosenBy: 'REGISTRY_AUTH_FILE', credsStore: 'desktop' };
  assert.deepEqual(await mends(engineState({ [K]: dockers })), [`docker logout ${OTHER}`]);
  assert.deepEqual(await mends(engineState({ [K]: { ...dockers, readNowBy: ['podman'] } })), [
    `docker --config /home/u/.docker logout ${OTHER}`,
  ]);
  const byHand = [`Take the entry "${OTHER}" out of ${X}.`];
  for (const more of [{ otherKeys: ['HttpHeaders'] }, { credsStore: 'desktop' }]) {
    assert.deepEqual(await mends(engineState({ [X]: { dead: [OTHER], ...more } })), byHand);
  }
});

test("docker is found to ask the helper also where REGISTRY_AUTH_FILE names docker's own file", async () => {
  const check = async (helpers: Readonly<Record<string, string>>) => {
    const state = engineState({ [K]: { chosenBy: 'REGISTRY_AUTH_FILE', helpers } });
    // What the variable names is read first.
    const files = [...state.files].sort(
      (one, other) => Number(other.chosenBy !== undefined) - Number(one.chosenBy !== undefined),
    );
    return inShort(await namedHelpers(reading({ ...state, files }), CONTEXT));
  };
  assert.deepEqual(await check(OURS), [
    ['ok', undefined],
    ['ok', undefined],
  ]);
  assert.deepEqual(await check({}), [
    ['problem', K],
    ['problem', K],
  ]);
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
  const goneFor = (versions: EngineState['versions']) =>
    engineState({ [X]: { chosenBy: 'REGISTRY_AUTH_FILE', state: 'absent' } }, { versions });
  const gone = goneFor({ podman: [4, 3] });
  assert.deepEqual(await check(gone), [['problem', undefined]]);
  // podman 5 goes on anonymously, and buildah never does.
  assert.deepEqual(await check(goneFor({ podman: [5, 4] })), [['warning', undefined]]);
  assert.deepEqual(await check(goneFor({ podman: [5, 4], buildah: [1, 39] })), [['problem', undefined]]);
  assert.deepEqual(await check(gone, ['docker']), []);
  assert.deepEqual(await check(engineState({ [X]: { chosenBy: 'REGISTRY_AUTH_FILE' } })), [
    ['note', undefined],
  ]);
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
