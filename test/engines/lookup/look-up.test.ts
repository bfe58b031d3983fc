import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type EngineState, filesOf } from '../../../src/engines/engine-state.ts';
import type { Engine } from '../../../src/engines/engines.ts';
import { lookUp } from '../../../src/engines/lookup/look-up.ts';
import type { Version } from '../../../src/engines/rules.ts';
import { C, engineState, HOST, K, OLD, registriesConf, storedLogin, X } from './lookup-world.ts';

const OURS = { [HOST]: 'openshift' };

function trace(
  state: EngineState,
  version: readonly [number, number] = [4, 3],
  missing: readonly string[] = [],
) {
  const isOnPath = (helper: string) => !missing.includes(helper);
  const repository = 'team/app';
  return lookUp({
    engine: 'podman',
    version,
    registry: HOST,
    repository,
    isOnPath,
    ...state,
    files: filesOf('podman', state),
  });
}

const winner = (...args: Parameters<typeof trace>) => trace(...args).winner;
const login = (where: string, key = HOST, dead = false) => ({ kind: 'login', key, where, dead });
const ANONYMOUS = { kind: 'anonymous' };
const helper = (where: string, name = 'openshift', otherwise: object = ANONYMOUS) => ({
  kind: 'helper',
  helper: name,
  where,
  otherwise,
});

test('without any file podman goes on anonymously, and says where it looked', () => {
  const { steps, winner: end } = trace(engineState({}));
  assert.deepEqual(end, { kind: 'anonymous' });
  assert.deepEqual(
    steps.map(({ where }) => where),
    [X, C, K, OLD],
  );
});

test('a helper wins over a login in the same file', () => {
  assert.deepEqual(
    winner(engineState({ [K]: { helpers: OURS, logins: [HOST, `${HOST}/team`] } })),
    helper(K),
  );
});

test('a login in an earlier file overrides the helper, in each spelling that podman takes', () => {
  for (const path of [X, C]) {
    for (const key of [HOST, `${HOST}/team/app`, `${HOST}/team`, `https://${HOST}`, `https://${HOST}/v1/`]) {
      assert.deepEqual(
        winner(engineState({ [path]: { logins: [key] }, [K]: { helpers: OURS } })),
        login(path, key),
      );
    }
  }
});

test("another namespace's login, another host's, and an empty entry override nothing", () => {
  const logins = [
    `${HOST}/other`,
    `${HOST}/team/app/sub`,
    'other.example.com',
    `${HOST}:5000`,
    `${HOST}/v1/`,
  ];
  const state = engineState({ [X]: { logins }, [C]: { empty: [HOST] }, [K]: { helpers: OURS } });
  assert.deepEqual(winner(state), helper(K));
});

test('the longest namespace wins, whatever its place in the file', () => {
  const logins = [HOST, `${HOST}/team`, `${HOST}/team/app`];
  assert.deepEqual(winner(engineState({ [X]: { logins } })), login(X, `${HOST}/team/app`));
});

test('of logins in several files, the first in podman`s order wins', () => {
  const one = { logins: [HOST] };
  assert.deepEqual(winner(engineState({ [X]: one, [C]: one, [K]: one, [OLD]: one })), login(X));
  assert.deepEqual(winner(engineState({ [C]: one, [K]: one, [OLD]: one })), login(C));
  assert.deepEqual(winner(engineState({ [K]: one, [OLD]: one })), login(K));
  assert.deepEqual(
    winner(engineState({ [OLD]: { logins: [`https://${HOST}/v1/`] } })),
    login(OLD, `https://${HOST}/v1/`),
  );
});

test('.dockercfg knows hosts alone, and cuts what follows them off', () => {
  assert.deepEqual(
    winner(engineState({ [OLD]: { dead: [`${HOST}/v1/`] } })),
    login(OLD, `${HOST}/v1/`, true),
  );
});

test('.dockercfg counts beside other files for podman, and for docker 20.10 only where it is alone', () => {
  const old = { logins: [HOST], readNowBy: ['docker', 'podman'] } as const;
  const both = engineState({ [K]: {}, [OLD]: old });
  assert.deepEqual(winner(both), login(OLD));
  assert.deepEqual(dockers(both, { version: [20, 10] }), ANONYMOUS);
  assert.deepEqual(dockers(engineState({ [OLD]: old }), { version: [20, 10] }), login(OLD));
});

test('credsStore is never read', () => {
  assert.deepEqual(winner(engineState({ [K]: { credsStore: 'desktop', logins: [HOST] } })), login(K));
  assert.deepEqual(winner(engineState({ [K]: { credsStore: 'desktop' } })), { kind: 'anonymous' });
});

test('a key of credHelpers that is no bare host is not found', () => {
  for (const key of [`https://${HOST}`, `${HOST}/team`, HOST.toUpperCase(), `${HOST}:443`]) {
    assert.deepEqual(winner(engineState({ [K]: { helpers: { [key]: 'openshift' } } })), {
      kind: 'anonymous',
    });
  }
});

test('a file that is empty or broken ends every pull; what wins before it is read counts', () => {
  for (const state of ['blank', 'unusable'] as const) {
    assert.equal(winner(engineState({ [C]: { state }, [K]: { helpers: OURS } })).kind, 'error');
    const behind = winner(engineState({ [X]: { helpers: OURS }, [C]: { state } }));
    assert.ok(behind.kind === 'helper' && behind.otherwise.kind === 'error');
  }
});

test('a helper that is not on the PATH ends the pull', () => {
  const state = engineState({ [K]: { helpers: OURS } });
  assert.deepEqual(winner(state, [4, 3], ['openshift']), {
    kind: 'error',
    why: 'docker-credential-openshift is not on its PATH',
  });
});

test('a file that a variable names and that is not there ends every pull of podman 4 and of buildah, and of no other', () => {
  const content = {
    [X]: { chosenBy: 'REGISTRY_AUTH_FILE', state: 'absent' },
    [K]: { helpers: OURS },
  } as const;
  const end = (engine: Engine, version: Version) => {
    const state = engineState(content);
    const files = filesOf(engine, state);
    const ask = { engine, version, registry: HOST, repository: undefined, isOnPath: () => true };
    return lookUp({ ...state, ...ask, files }).winner;
  };
  const why = `REGISTRY_AUTH_FILE names ${X}, which is not there`;
  assert.deepEqual(end('podman', [4, 3]), { kind: 'error', why });
  assert.deepEqual(end('buildah', [1, 28]), { kind: 'error', why });
  assert.deepEqual(end('buildah', [1, 43]), { kind: 'error', why });
  assert.deepEqual(end('podman', [5, 4]), helper(K));
  assert.deepEqual(end('skopeo', [1, 9]), helper(K));
});

test('an auth that is not base64 ends every pull of its host, and of no other (seen with podman 4.3, 5.4 and 5.8)', () => {
  const broken = (key: string) => {
    const state = engineState({ [X]: { logins: [key] }, [K]: { helpers: OURS } });
    const files = state.files.map((file) => ({
      ...file,
      logins: file.logins.map((one) => ({ ...one, secret: undefined, fields: [], isBroken: true })),
    }));
    return winner({ ...state, files });
  };
  assert.equal(broken(HOST).kind, 'error');
  assert.deepEqual(broken('other.example.com'), helper(K));
});

test('what holds no auth is no login to podman, whatever else is in it (seen with podman 4.3, 5.4 and 5.8)', () => {
  for (const field of ['password', 'identitytoken', 'registrytoken'] as const) {
    const state = engineState({ [X]: { logins: [HOST] }, [K]: { helpers: OURS } });
    const files = state.files.map((file) => ({
      ...file,
      logins: file.logins.map((one) => ({ ...one, fields: [field] })),
    }));
    assert.deepEqual(winner({ ...state, files }), helper(K), field);
  }
});

test('a helper of registries.conf is asked for every host before the files; after its "not found" they count', () => {
  const path = '/home/u/.config/containers/registries.conf.d/50-openshift.conf';
  const both = registriesConf({ helpers: ['openshift', 'containers-auth.json'], path });
  const state = engineState({ [X]: { dead: [HOST] } }, { registriesConf: both });
  assert.deepEqual(winner(state), helper(path, 'openshift', login(X, HOST, true)));
  assert.match(trace(state).steps[0]?.outcome ?? '', /"not found" makes it look on/);
  assert.deepEqual(winner(state, [4, 3], ['openshift']), login(X, HOST, true));
});

test('what is wrong with a file counts only where no helper of registries.conf behind it has a credential', () => {
  const conf = registriesConf({ helpers: ['containers-auth.json', 'openshift'], path: '/r.conf' });
  const at = (content: Parameters<typeof engineState>[0], missing: readonly string[] = []) =>
    winner(engineState(content, { registriesConf: conf }), [4, 3], missing);
  assert.deepEqual(at({}), helper('/r.conf'));
  assert.deepEqual(at({ [X]: { logins: [HOST] } }), login(X));
  const why = `${C}: the file is broken`;
  const broken = { [C]: { state: 'unusable' } } as const;
  assert.deepEqual(at(broken), helper('/r.conf', 'openshift', { kind: 'error', why }));
  assert.deepEqual(at(broken, ['openshift']), { kind: 'error', why });
});

test('files that registries.conf leaves out are not read', () => {
  const path = '/etc/containers/registries.conf';
  const state = engineState(
    { [X]: { logins: [HOST] } },
    {
      registriesConf: registriesConf({ helpers: ['secretservice'], path }),
    },
  );
  assert.deepEqual(winner(state), helper(path, 'secretservice'));
  assert.deepEqual(winner(state, [4, 3], ['secretservice']), {
    kind: 'error',
    why: 'docker-credential-secretservice is not on its PATH',
  });
});

test('files of other environments do not count', () => {
  assert.deepEqual(winner(engineState({ [X]: { current: false, logins: [HOST] } })), { kind: 'anonymous' });
});

test('after the "not found" of a helper the rest of its file does not count, and the next files do', () => {
  const stale = { dead: [HOST] };
  const own = engineState({ [C]: { helpers: OURS, ...stale } });
  assert.deepEqual(winner(own), helper(C));
  const next = engineState({ [C]: { helpers: OURS, ...stale }, [K]: { helpers: OURS }, [OLD]: stale });
  assert.deepEqual(winner(next), helper(C, 'openshift', login(OLD, HOST, true)));
  assert.deepEqual(
    trace(next).steps.map(({ where }) => where),
    [X, C, K, OLD],
  );
  assert.deepEqual(
    trace(own).steps.map(({ where }) => where),
    [X, C],
  );
});

const DROP_IN = '/home/u/.config/containers/registries.conf.d/50.conf';
const table = (prefix: string, more: object = {}) => ({
  path: DROP_IN,
  prefix,
  location: '',
  blocked: false,
  insecure: false,
  mirrors: [],
  ...more,
});
const withTables = (...tables: ReturnType<typeof table>[]) =>
  engineState({ [K]: { helpers: OURS } }, { registriesConf: registriesConf({ tables }) });

test('a registries.conf that is broken ends every pull', () => {
  const broken = [{ path: DROP_IN, fault: `${DROP_IN}:1: this is not TOML` }];
  const state = engineState({ [K]: { helpers: OURS } }, { registriesConf: registriesConf({ broken }) });
  assert.deepEqual(winner(state), { kind: 'error', why: `${DROP_IN}:1: this is not TOML` });
});

test('a location leads to another registry, and its login is looked for (seen with podman 4.3)', () => {
  const elsewhere = { location: 'mirror.example.com/quay' };
  const found = trace(withTables(table(HOST, elsewhere)));
  assert.deepEqual(found.winner, ANONYMOUS);
  assert.match(found.steps[0]?.outcome ?? '', /asks mirror\.example\.com\/quay\/team\/app instead/);
  assert.match(found.steps[1]?.lookedFor ?? '', /credHelpers "mirror\.example\.com"/);
  assert.deepEqual(winner(withTables(table('*.example.com', elsewhere))), ANONYMOUS);
  for (const other of ['registry.example.co', `${HOST}/tea`, '*.registry.example.com', `${HOST}:5000`]) {
    assert.deepEqual(winner(withTables(table(other, elsewhere))), helper(K), other);
  }
  // The longest prefix counts.
  assert.deepEqual(
    winner(withTables(table(HOST, elsewhere), table(`${HOST}/team`, { location: `${HOST}/crew` }))),
    helper(K),
  );
});

test('what is blocked is what is asked in the end (seen with podman 4.3)', () => {
  const blocked = { blocked: true };
  assert.deepEqual(winner(withTables(table(`${HOST}/team`, blocked))), {
    kind: 'error',
    why: `${DROP_IN} blocks ${HOST}/team`,
  });
  assert.deepEqual(winner(withTables(table(HOST, { ...blocked, location: 'b.example.com' }))), ANONYMOUS);
  assert.equal(
    winner(withTables(table(HOST, { location: 'b.example.com' }), table('b.example.com', blocked))).kind,
    'error',
  );
});

test('mirrors are asked before, and are told', () => {
  const found = trace(withTables(table(HOST, { mirrors: [{ location: 'm.example.com', pulls: 'all' }] })));
  assert.deepEqual(found.winner, helper(K));
  assert.match(found.steps[0]?.outcome ?? '', /asks m\.example\.com first, with the logins of those, then/);
});

const SEEN: readonly [number, number] = [28, 2];

function dockers(
  state: EngineState,
  { version = SEEN, missing = [] as readonly string[], registry = HOST } = {},
) {
  const isOnPath = (helper: string) => !missing.includes(helper);
  return lookUp({
    engine: 'docker',
    version,
    registry,
    repository: 'team/app',
    isOnPath,
    ...state,
    files: filesOf('docker', state),
  }).winner;
}

test('a helper without a name is none to docker, and one that podman does not find', () => {
  const state = engineState({ [K]: { helpers: { [HOST]: '' }, credsStore: 'desktop', logins: [HOST] } });
  assert.deepEqual(dockers(state), login(K));
  assert.equal(winner(state, [4, 3], ['']).kind, 'error');
});

test('docker reads its own file and no other', () => {
  const one = { logins: [HOST] };
  assert.deepEqual(dockers(engineState({ [X]: one, [C]: one, [OLD]: one })), ANONYMOUS);
  assert.deepEqual(dockers(engineState({ [X]: one, [K]: one })), login(K));
});

test('credHelpers wins over auths and over credsStore', () => {
  const content = { helpers: OURS, logins: [HOST], credsStore: 'desktop' };
  assert.deepEqual(dockers(engineState({ [K]: content })), helper(K));
});

test('credsStore overrides logins of the file', () => {
  assert.deepEqual(
    dockers(engineState({ [K]: { credsStore: 'desktop', logins: [HOST] } })),
    helper(K, 'desktop'),
  );
});

test('a login is found by its key, or by the host in it', () => {
  for (const key of [HOST, `https://${HOST}`, `https://${HOST}/v1/`, `${HOST}/team`]) {
    assert.deepEqual(dockers(engineState({ [K]: { logins: ['other.example.com', key] } })), login(K, key));
  }
  assert.deepEqual(dockers(engineState({ [K]: { logins: [`https://${HOST}/v1/`, HOST] } })), login(K));
  assert.deepEqual(dockers(engineState({ [K]: { empty: [HOST] } })), ANONYMOUS);
  // An empty entry by the very key is what it finds (seen with 26.1, 28.2 and 28.5).
  assert.deepEqual(
    dockers(engineState({ [K]: { empty: [HOST], logins: [`https://${HOST}/v1/`] } })),
    ANONYMOUS,
  );
});

test('docker finds no key of credHelpers that is no bare host', () => {
  for (const key of [`https://${HOST}`, `${HOST}/team`, HOST.toUpperCase(), `${HOST}:443`]) {
    assert.deepEqual(dockers(engineState({ [K]: { helpers: { [key]: 'openshift' } } })), ANONYMOUS);
  }
});

test('a file that is empty or broken is ignored', () => {
  for (const state of ['blank', 'unusable', 'absent'] as const) {
    assert.deepEqual(dockers(engineState({ [K]: { state } })), ANONYMOUS);
  }
});

test('without its helper docker up to 28 takes a stored login, or goes on anonymously', () => {
  const missing = ['openshift'];
  assert.deepEqual(dockers(engineState({ [K]: { helpers: OURS, logins: [HOST] } }), { missing }), login(K));
  assert.deepEqual(dockers(engineState({ [K]: { helpers: OURS } }), { missing }), ANONYMOUS);
});

test('without its helper docker 29 fails (by the source of docker/cli 29)', () => {
  const state = engineState({ [K]: { helpers: OURS, logins: [HOST] } });
  assert.equal(dockers(state, { missing: ['openshift'], version: [29, 0] }).kind, 'error');
});

test('DOCKER_AUTH_CONFIG beats everything from docker 28.3 on (docker/cli pull request 6008), and before that nothing', () => {
  const state = engineState({ [K]: { helpers: OURS } }, { dockerAuthConfig: [storedLogin(HOST)] });
  assert.deepEqual(dockers(state, { version: [29, 0] }), login('DOCKER_AUTH_CONFIG'));
  assert.deepEqual(dockers(state, { version: [28, 3] }), login('DOCKER_AUTH_CONFIG'));
  assert.deepEqual(dockers(state), helper(K));
  assert.deepEqual(dockers(state, { version: [27, 5] }), helper(K));
});

test('a DOCKER_AUTH_CONFIG that is broken, or names other hosts, is passed over', () => {
  for (const dockerAuthConfig of ['broken', [storedLogin('other.example.com')]] as const) {
    const state = engineState({ [K]: { helpers: OURS } }, { dockerAuthConfig });
    assert.deepEqual(dockers(state, { version: [28, 3] }), helper(K));
  }
});

test('Docker Hub is asked for by its old name', () => {
  const state = engineState({ [K]: { logins: ['https://index.docker.io/v1/'] } });
  assert.deepEqual(dockers(state, { registry: 'docker.io' }), login(K, 'https://index.docker.io/v1/'));
});

test('podman finds the login of Docker Hub by each of its names', () => {
  for (const key of ['docker.io', 'https://index.docker.io/v1/', 'registry-1.docker.io']) {
    const state = engineState({ [X]: { logins: [key] } });
    const ask = { engine: 'podman', version: [5, 8], registry: 'docker.io', repository: undefined } as const;
    const found = lookUp({ ...state, ...ask, files: filesOf('podman', state), isOnPath: () => true });
    assert.deepEqual(found.winner, login(X, key));
  }
});

test('an auth that is not base64 keeps docker from all logins of its file, and from no helper (seen with 26.1, 28.2 and 28.5)', () => {
  const state = (helpers: Readonly<Record<string, string>>) => {
    const read = engineState({ [K]: { logins: [HOST, 'other.example.com'], helpers } });
    const isOther = (key: string) => key === 'other.example.com';
    const files = read.files.map((file) => ({
      ...file,
      logins: file.logins.map((one) => ({ ...one, isBroken: isOther(one.key) })),
    }));
    return { ...read, files };
  };
  assert.deepEqual(dockers(state({})), ANONYMOUS);
  assert.deepEqual(dockers(state(OURS)), helper(K));
});

test('nerdctl looks for HOST:443 before HOST, and goes on without a helper that is missing (seen with 2.3)', () => {
  const end = (content: Parameters<typeof engineState>[0], missing = false) => {
    const state = engineState(content);
    const files = state.files.filter(({ isDockers }) => isDockers);
    const ask = { engine: 'nerdctl', version: undefined, registry: HOST, repository: undefined } as const;
    return lookUp({ ...state, ...ask, files, isOnPath: () => !missing }).winner;
  };
  assert.deepEqual(end({ [K]: { helpers: OURS } }), helper(K));
  assert.deepEqual(end({ [K]: { helpers: OURS, logins: [HOST] } }), helper(K));
  // What `nerdctl login` leaves behind.
  assert.deepEqual(end({ [K]: { helpers: OURS, logins: [`${HOST}:443`] } }), login(K, `${HOST}:443`));
  assert.deepEqual(end({ [K]: { helpers: OURS } }, true), ANONYMOUS);
  assert.equal(end({ [K]: { credsStore: 'desktop' } }, true).kind, 'error');
});
