import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Facts } from '../../../../src/commands/doctor/facts.ts';
import type { EngineState } from '../../../../src/engines/engine-state.ts';
import type { Engine } from '../../../../src/engines/engines.ts';
import {
  C,
  registriesConf as conf,
  engineState,
  K,
  OLD,
  storedLogin,
  X,
} from '../../../engines/lookup/lookup-world.ts';
import { about, findingsOf, HOST, reading, repairs, told } from '../fake-facts.ts';

const OTHER = 'other.example.com';
const OURS = { [HOST]: 'openshift' };
const FIX = `docker-credential-openshift doctor ${HOST} --fix`;
const effectsOf = async (id: string, state: EngineState, engines: readonly Engine[] = ['docker', 'podman']) =>
  (await findingsOf(id, { ...reading(state), engines })).map(({ effect }) => effect);

test('files that engines can read are fine, and so are none', async () => {
  for (const content of [{}, { [K]: {}, [X]: {} }]) {
    assert.deepEqual(await told('broken-files', reading(engineState(content))), [['ok', 'files-readable']]);
  }
});

test('an empty file is repaired, a broken one is told with its line, one of another environment is a warning', async () => {
  const broken = reading(engineState({ [C]: { state: 'blank' }, [K]: { state: 'unusable' } }));
  assert.deepEqual(await repairs('broken-files', broken), [
    ['problem', 'file-empty', C],
    ['problem', 'file-broken'],
  ]);
  assert.match((await findingsOf('broken-files', broken))[1]?.why ?? '', /config\.json:2:1: /);
  const other = engineState({ [X]: { state: 'unusable', current: false } });
  assert.deepEqual(await repairs('broken-files', reading(other)), [
    ['ok', 'files-readable'],
    ['warning', 'file-broken'],
  ]);
});

test('what is said of a broken file agrees with what engines do: they read one after the other', async () => {
  assert.deepEqual(await effectsOf('broken-files', engineState({ [X]: { state: 'unusable' } })), [
    'podman, buildah and skopeo fail every pull for it',
  ]);
  const state = engineState({ [C]: { helpers: OURS }, [K]: { state: 'unusable' } });
  const [behind] = await effectsOf('broken-files', state);
  assert.match(behind ?? '', /skopeo fail every pull for which they find no login before they come to it$/);
});

test('a file where its reader may not look ends the pulls of that reader, and of nobody else', async () => {
  const state = engineState({ [X]: { state: 'unusable', failsFor: ['skopeo'], fault: 'closed' } });
  const files = state.files.map((file) => (file.path === X ? { ...file, isClosed: true } : file));
  const closed = { ...state, files };
  assert.deepEqual(
    (await findingsOf('broken-files', reading(closed))).map(({ status, code }) => [status, code]),
    [['problem', 'file-closed']],
  );
  assert.deepEqual(await effectsOf('broken-files', closed), ['Every pull of skopeo that comes to it fails']);
  const winner = async (engine: Engine) => (await reading(closed).winnerOf?.(engine, HOST, undefined))?.kind;
  assert.deepEqual([await winner('podman'), await winner('skopeo')], ['anonymous', 'error']);
});

test('what is told of a fault is what each engine makes of it', async () => {
  const trailing = engineState({ [C]: {}, [K]: { state: 'unusable', failsFor: ['podman'] } });
  assert.match(
    (await effectsOf('broken-files', trailing))[0] ?? '',
    /^docker passes over that, and goes by the rest; podman, buildah .* fail every pull/,
  );
  assert.deepEqual(await effectsOf('broken-files', trailing, ['docker']), [
    'Engines read it all the same; setup and --fix leave it as it is: docker passes over that, and goes by the rest',
  ]);
  for (const [content, code] of [
    [{ state: 'unusable', failsFor: [] }, 'file-odd'],
    [{ state: 'absent', fault: `${K} leads nowhere` }, 'file-dangling'],
  ] as const) {
    const found = await told('broken-files', reading(engineState({ [K]: content })));
    assert.deepEqual(found.at(-1)?.slice(0, 2), ['warning', code]);
  }
});

test('with --engine only the files of that engine are looked at', async () => {
  const state = engineState({ [X]: { state: 'unusable', dead: [OTHER] }, [K]: { state: 'unusable' } });
  assert.deepEqual(await effectsOf('broken-files', state, ['docker']), [
    'docker ignores the whole file, with every login and helper in it',
  ]);
  assert.doesNotMatch((await effectsOf('broken-files', state, ['podman'])).join(), /docker/);
  const blank = engineState({ [K]: { state: 'blank' } });
  assert.deepEqual(await effectsOf('broken-files', blank, ['docker']), []);
  const login = await told('stored-logins', { ...reading(state), engines: ['docker'] });
  assert.deepEqual(login, [['ok', 'no-dead-login']]);
});

test('a credsStore is told with what docker does not see, and its program is to be there', async () => {
  const state = engineState({ [K]: { credsStore: 'desktop', logins: [OTHER, HOST], helpers: OURS } });
  const runs = (kind: 'silent' | 'not-run'): Partial<Facts> => ({
    ...reading(state),
    isOnPath: () => true,
    findProgram: (name) => [{ path: `/bin/${name}`, isExecutable: true }],
    helperVersion: async () => ({ kind }),
  });
  assert.deepEqual(await told('creds-store', runs('silent')), [
    ['ok', 'creds-store'],
    ['warning', 'login-unseen-by-docker', `docker login ${OTHER}`],
  ]);
  const missing = await told('creds-store', { ...reading(state), isOnPath: () => false });
  assert.deepEqual(missing[0]?.slice(0, 2), ['warning', 'creds-store-missing']);
  const foreign = await told('creds-store', runs('not-run'));
  assert.deepEqual(foreign[0]?.slice(0, 2), ['warning', 'creds-store-not-run']);
  assert.deepEqual(await told('creds-store', { ...reading(state), engines: ['podman'] }), []);
  assert.deepEqual(await told('creds-store', reading(engineState({ [K]: {} }))), []);
});

test('a helper of others that is missing is told with all that it is named for, and ours is told elsewhere', async () => {
  const helpers = { ...OURS, 'a.io': 'ecr', 'b.io': 'ecr', 'c.io': 'there' };
  const facts: Partial<Facts> = {
    ...reading(engineState({ [K]: { helpers } })),
    isOnPath: (name) => name === 'there',
    findProgram: () => [],
  };
  const install = `Install docker-credential-ecr, or take it out of credHelpers in ${K}.`;
  const missing = [['problem', 'named-helper-missing', install]];
  assert.deepEqual(await told('other-helpers', facts), missing);
  assert.match((await findingsOf('other-helpers', facts))[0]?.why ?? '', /for "a\.io", "b\.io", and/);
  // Of one host or image, what is named for others makes no difference, but to GitLab's runner.
  assert.deepEqual(await told('other-helpers', { ...facts, ...about(HOST) }), []);
  assert.deepEqual(await told('other-helpers', { ...facts, ...about('a.io/ns/app') }), missing);
  const findProgram = (name: string) => [{ path: `/home/u/bin/${name}`, isExecutable: true }];
  const withRunner = await told('other-helpers', { ...facts, isOnPath: () => true, findProgram });
  assert.deepEqual(
    withRunner.map(([, code]) => code),
    ['openshift', 'ecr', 'there'].map(() => 'named-helper-not-for-services'),
  );
});

test('a client whose own logins are not looked at is named, where it has some and a host is the helper`s', async () => {
  const facts = (path: string): Partial<Facts> => ({
    ...reading(engineState({ [K]: { helpers: OURS } })),
    findProgram: () => [],
    isOnPath: () => true,
    env: { HOME: '/home/u' },
    exists: (asked) => asked === path,
  });
  const [note] = await findingsOf('other-helpers', facts('/home/u/.regctl/config.json'));
  assert.deepEqual([note?.status, note?.code], ['note', 'client-not-looked-at']);
  assert.match(note?.effect ?? '', /: regctl registry logout \S+$/);
  assert.deepEqual(await told('other-helpers', facts('/elsewhere')), []);
});

test('a REGISTRY_AUTH_FILE that is not there is a problem where an engine gives up for it', async () => {
  const at = (versions: EngineState['versions'], more: Partial<Facts> = {}) => {
    const named = { [X]: { chosenBy: 'REGISTRY_AUTH_FILE', state: 'absent' } } as const;
    return told('registry-auth-file', { ...reading(engineState(named, { versions })), ...more });
  };
  const unset = ['named-auth-file-missing', 'unset REGISTRY_AUTH_FILE'];
  assert.deepEqual(await at({ podman: [4, 3] }), [['problem', ...unset]]);
  // podman 5 goes on anonymously, and buildah never does.
  assert.deepEqual(await at({ podman: [5, 4] }), [['warning', ...unset]]);
  assert.deepEqual(await at({ podman: [5, 4], buildah: [1, 39] }), [['problem', ...unset]]);
  assert.deepEqual(await at({ podman: [4, 3] }, { engines: ['docker'] }), []);
  const there = reading(engineState({ [X]: { chosenBy: 'REGISTRY_AUTH_FILE' } }));
  assert.deepEqual(await told('registry-auth-file', there), [['note', 'auth-file-named']]);
  assert.deepEqual(await told('registry-auth-file', reading(engineState({}))), []);
});

test('DOCKER_AUTH_CONFIG is told when it overrides the helper, has expired or is broken, where docker heeds it', async () => {
  const at = (dockerAuthConfig: EngineState['dockerAuthConfig'], minor = 3) => {
    const facts = reading(engineState({}, { dockerAuthConfig }));
    const version = { isInstalled: true, program: 'docker', version: [28, minor] } as const;
    return told('docker-auth-config', { ...facts, engineVersion: async () => version });
  };
  const unset = 'unset DOCKER_AUTH_CONFIG';
  assert.deepEqual(await at(undefined), []);
  assert.deepEqual(await at('broken'), [['warning', 'docker-auth-config-broken', unset]]);
  for (const login of [storedLogin(HOST), storedLogin(OTHER, true)]) {
    assert.deepEqual(await at([login]), [['problem', 'docker-auth-config-login', unset]]);
  }
  assert.deepEqual(await at([storedLogin(OTHER)]), [['note', 'docker-auth-config']]);
  assert.deepEqual(await at([storedLogin(HOST, true)], 2), [['note', 'docker-auth-config']]);
});

test('logins that override the helper are problems with a repair, whatever file and spelling they are in', async () => {
  for (const key of [HOST, `${HOST}/team`, `https://${HOST}/v1/`]) {
    const state = engineState({ [X]: { dead: [key] }, [C]: { helpers: OURS }, [K]: { helpers: OURS } });
    assert.deepEqual(await repairs('overriding-logins', reading(state)), [
      ['problem', 'login-overrides-helper', X],
    ]);
    const [effect] = await effectsOf('overriding-logins', state);
    assert.match(effect ?? '', /^podman, buildah and skopeo use it instead of the helper\. Now, every pull/);
  }
  const dockers = engineState({ [K]: { logins: [HOST] } });
  assert.match(
    (await effectsOf('overriding-logins', dockers))[0] ?? '',
    /^docker, podman, buildah and skopeo use it instead of the helper\. Once its token expires/,
  );
  assert.deepEqual((await told('overriding-logins', reading(dockers)))[0]?.[2], FIX);
});

test('logins that count only where the helper has no answer are warnings', async () => {
  const named = { [C]: { helpers: OURS }, [K]: { helpers: OURS } };
  for (const [path, state] of [
    [K, engineState({ ...named, [K]: { helpers: OURS, logins: [HOST] } })],
    [OLD, engineState({ ...named, [OLD]: { logins: [HOST] } })],
    [X, engineState({ [X]: { current: false, logins: [HOST] }, [C]: { helpers: OURS } })],
  ] as const) {
    assert.deepEqual(await repairs('overriding-logins', reading(state)), [
      ['warning', 'login-behind-helper', path],
    ]);
  }
});

test('when such a login counts is told by what the engines would find', async () => {
  // podman reads nothing else of a file whose helper has no answer.
  const unused = engineState({ [K]: { helpers: OURS, logins: [HOST] } });
  assert.match((await effectsOf('overriding-logins', unused))[0] ?? '', /^Nothing uses it as things are/);
  const behind = engineState({ [C]: { helpers: OURS }, [K]: { helpers: OURS }, [OLD]: { logins: [HOST] } });
  assert.match(
    (await effectsOf('overriding-logins', behind))[0] ?? '',
    /^podman, buildah and skopeo use it as soon as the helper has no answer; then/,
  );
});

test('an entry whose auth is not base64 fails every pull of its host, and is repaired where that is the helper`s', async () => {
  const broken = (path: string, key: string, versions: EngineState['versions'] = {}) => {
    const state = engineState({ [path]: { logins: [key] } }, { versions });
    const logins = [{ ...storedLogin(key), secret: undefined, isBroken: true }];
    const files = state.files.map((file) => (file.path === path ? { ...file, logins } : file));
    return reading({ ...state, files });
  };
  assert.deepEqual(await repairs('broken-logins', broken(X, HOST)), [['problem', 'login-not-base64', X]]);
  const other = broken(K, OTHER);
  assert.deepEqual(await told('broken-logins', other), [
    ['problem', 'login-not-base64', `docker logout ${OTHER}`],
  ]);
  assert.match(
    (await findingsOf('broken-logins', other))[0]?.effect ?? '',
    /^Every pull from other\.example\.com fails \(podman, buildah, skopeo\).*No login of the file is read \(docker\)$/,
  );
  assert.equal((await told('broken-logins', { ...other, engines: ['docker'] }))[0]?.[0], 'warning');
  assert.deepEqual(await told('broken-logins', reading(engineState({ [X]: { logins: [HOST] } }))), []);
});

test('logins for other hosts, and empty entries, override nothing', async () => {
  const state = engineState({ [X]: { dead: [OTHER], empty: [HOST] } });
  assert.deepEqual(await told('overriding-logins', reading(state)), [['ok', 'no-overriding-login']]);
  assert.deepEqual(await told('overriding-logins', { ...reading(state), ours: [] }), []);
});

test('a login for a host that is kept anonymous is a problem where it is sent, and the repair takes it out', async () => {
  const anonymous = { ours: [], anonymous: [HOST] };
  const state = engineState({ [X]: { dead: [HOST] }, [K]: { logins: [HOST] } });
  assert.deepEqual(await repairs('overriding-logins', { ...reading(state), ...anonymous }), [
    ['problem', 'login-overrides-helper', X],
    ['problem', 'login-overrides-helper', K],
  ]);
  const effects = await findingsOf('overriding-logins', { ...reading(state), ...anonymous });
  assert.match(effects[1]?.effect ?? '', /^docker uses it, although .* anonymous\. Once its token expires/);
  assert.deepEqual(await told('overriding-logins', { ...reading(engineState({})), ...anonymous }), [
    ['ok', 'no-overriding-login'],
  ]);
});

test("other hosts' logins that have expired are told, with what removes them from the very file, and not repaired", async () => {
  const state = engineState({
    [X]: { dead: [OTHER], logins: ['fine.example.com'] },
    [K]: { dead: [OTHER, HOST] },
    [OLD]: { dead: [OTHER] },
  });
  assert.deepEqual(await told('stored-logins', reading(state)), [
    ['problem', 'login-expired', `podman logout --authfile ${X} ${OTHER}`],
    ['problem', 'login-expired', `docker logout ${OTHER}`],
    ['problem', 'login-expired', `Take the entry "${OTHER}" out of ${OLD}.`],
  ]);
  assert.ok((await findingsOf('stored-logins', reading(state))).every(({ repair }) => repair === undefined));
  assert.deepEqual(await told('stored-logins', reading(engineState({}))), [['ok', 'no-dead-login']]);
});

test('a login whose secret ends in a line break fails every pull, of whatever host, and is told with just that', async () => {
  const plain = engineState({ [X]: { logins: [OTHER, HOST] } });
  const files = plain.files.map((file) => ({
    ...file,
    logins: file.logins.map((login) => ({
      ...login,
      secret: { kind: 'other', endsAtMs: undefined, dead: true, flaw: 'line-break' } as const,
    })),
  }));
  const facts = reading({ ...plain, files });
  const [others, ...more] = await findingsOf('stored-logins', facts);
  assert.deepEqual([others?.code, more], ['login-cut-wrong', []]);
  assert.equal(others?.why, `${X} holds a login for "${OTHER}", whose secret ends in a line break`);
  const [ours] = await findingsOf('overriding-logins', facts);
  assert.match(ours?.why ?? '', /whose secret ends in a line break$/);
  assert.match(ours?.effect ?? '', /Now, every pull from \S+ fails with 401, of public images too$/);
});

test('a key that no command of the engines takes is to be taken out by hand (podman 4.3 says "not logged into")', async () => {
  const url = `https://${OTHER}/v1/`;
  const cut = `https://***@${OTHER}/v1/`;
  const state = engineState({ [X]: { dead: [url, cut, `${OTHER}/team`] }, [K]: { dead: [url, cut] } });
  assert.deepEqual(await told('stored-logins', reading(state)), [
    ['problem', 'login-expired', `Take the entry "${url}" out of ${X}.`],
    ['warning', 'password-in-key', `Take the entry "${cut}" out of ${X}.`],
    ['problem', 'login-expired', `podman logout --authfile ${X} ${OTHER}/team`],
    ['problem', 'login-expired', `docker logout ${url}`],
    ['warning', 'password-in-key', `Take the entry "${cut}" out of ${K}.`],
  ]);
});

test("docker's file keeps what else is in it, also where REGISTRY_AUTH_FILE names it: podman logout would write logins alone", async () => {
  const fixOf = async (content: Parameters<typeof engineState>[0]) =>
    (await told('stored-logins', reading(engineState(content))))[0]?.[2];
  const dockers = { dead: [OTHER], chosenBy: 'REGISTRY_AUTH_FILE', credsStore: 'desktop' };
  assert.equal(await fixOf({ [K]: dockers }), `docker logout ${OTHER}`);
  assert.equal(
    await fixOf({ [K]: { ...dockers, readNowBy: ['podman'] } }),
    `docker --config /home/u/.docker logout ${OTHER}`,
  );
  for (const more of [{ otherKeys: ['HttpHeaders'] }, { credsStore: 'desktop' }]) {
    assert.equal(await fixOf({ [X]: { dead: [OTHER], ...more } }), `Take the entry "${OTHER}" out of ${X}.`);
  }
});

test('logins that a registry refuses are told with what takes them out, and repaired where the host is the helper`s or kept anonymous', async () => {
  const at = async (path: string, more: Parameters<typeof findingsOf>[1] = {}, current = true) => {
    const state = engineState({ [path]: { current, logins: [HOST] } });
    const refused = state.files.flatMap((file) => file.logins.map((login) => ({ file, login, host: HOST })));
    const facts = { ...reading(state), refused: async () => refused, ...more };
    const [one, ...none] = await findingsOf('stored-logins', facts);
    assert.deepEqual([one?.code, none], ['login-refused', []]);
    return [one?.status, one?.fix, one?.repair?.file];
  };
  assert.deepEqual(await at(X), ['problem', { run: FIX }, X]);
  assert.deepEqual(await at(X, { ours: [], anonymous: [HOST] }), ['problem', { run: FIX }, X]);
  assert.equal((await at(X, {}, false))[0], 'warning');
  const nobodys = { ours: [], unclaimed: [HOST] };
  const logout = { run: `podman logout --authfile ${X} ${HOST}` };
  assert.deepEqual(await at(X, nobodys), ['problem', logout, undefined]);
  assert.deepEqual((await at(K, nobodys))[1], { run: `docker logout ${HOST}` });
});

test('a broken registries.conf, a blocked registry and another location are told', async () => {
  const path = '/a/50.conf';
  const table = (prefix: string, more: object) => ({
    path,
    prefix,
    location: '',
    blocked: false,
    mirrors: [],
    insecure: false,
    ...more,
  });
  const check = (said: Parameters<typeof conf>[0]) =>
    findingsOf('registries-conf', reading(engineState({}, { registriesConf: conf(said) })));
  const [broken] = await check({ broken: [{ path, fault: `${path}:1: no TOML` }] });
  assert.deepEqual([broken?.code, broken?.why], ['registries-conf-broken', `${path}:1: no TOML`]);
  for (const prefix of [HOST, `${HOST}/team`, '*.example.com']) {
    const [blocked] = await check({ tables: [table(prefix, { blocked: true })] });
    assert.deepEqual([blocked?.code, blocked?.why], ['registry-blocked', `${path} blocks ${prefix}`]);
  }
  const [moved] = await check({
    tables: [table(HOST, { location: 'b.example.com', mirrors: [{ location: 'm.io', pulls: 'all' }] })],
  });
  const why = `By ${path}, podman asks m.io before ${HOST}, and b.example.com instead of ${HOST}`;
  assert.deepEqual([moved?.status, moved?.why], ['note', why]);
  const none = [table(OTHER, { blocked: true }), table(HOST, { location: HOST })];
  assert.deepEqual(await check({ tables: none }), []);
});

test('the helpers of registries.conf are to be there, with the files among them, and not overridden', async () => {
  const check = (said: Parameters<typeof conf>[0], isThere = true) =>
    told('registries-conf', {
      ...reading(engineState({}, { registriesConf: conf(said) })),
      isOnPath: () => isThere,
    });
  const codes = async (...asked: Parameters<typeof check>) =>
    (await check(...asked)).map(([status, code]) => [status, code]);
  const both = ['openshift', 'containers-auth.json'];
  const path = '/a/80.conf';
  assert.deepEqual(await codes({ helpers: both, path }), [['note', 'registries-conf-helper']]);
  assert.deepEqual(await codes({ helpers: ['nothing', 'containers-auth.json'], path }, false), [
    ['problem', 'registries-conf-helper-missing'],
    ['note', 'registries-conf-others'],
  ]);
  assert.deepEqual(await codes({ helpers: ['openshift'], path }), [
    ['warning', 'registries-conf-without-files'],
  ]);
  const overridden = [{ path: '/a/50.conf', helpers: both }];
  assert.deepEqual(await codes({ helpers: ['containers-auth.json'], path, overridden }), [
    ['warning', 'helpers-overridden'],
  ]);
});

test('podman`s configuration is looked at for the names that podman begins with', async () => {
  const tables = [
    { path: '/r', prefix: 'named.io', location: 'b.io', blocked: false, mirrors: [], insecure: false },
  ];
  const { subject = { kind: 'all' } } = about('b.io/ns/app');
  const targets = [
    { engines: ['docker' as const], subject, hosts: ['a.io'], named: 'a.io' },
    { engines: ['podman' as const], subject, hosts: ['b.io'], named: 'named.io' },
  ];
  const state = reading(engineState({}, { registriesConf: conf({ tables }) }));
  assert.deepEqual(
    (await findingsOf('registries-conf', { ...state, targets })).map(({ host }) => host),
    ['named.io'],
  );
});
