import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type EngineState, filesOf } from '../../../src/engines/engine-state.ts';
import { tracePodman } from '../../../src/engines/lookup/trace-podman.ts';
import { C, engineState, HOST, K, OLD, registriesConf, X } from './lookup-world.ts';

const OURS = { [HOST]: 'openshift' };

function trace(
  state: EngineState,
  version: readonly [number, number] = [4, 3],
  missing: readonly string[] = [],
) {
  const isOnPath = (helper: string) => !missing.includes(helper);
  const repository = 'team/app';
  return tracePodman({
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

test('a login in an earlier file shadows the helper, in each spelling that podman takes', () => {
  for (const path of [X, C]) {
    for (const key of [HOST, `${HOST}/team/app`, `${HOST}/team`, `https://${HOST}`, `https://${HOST}/v1/`]) {
      assert.deepEqual(
        winner(engineState({ [path]: { logins: [key] }, [K]: { helpers: OURS } })),
        login(path, key),
      );
    }
  }
});

test("another namespace's login, another host's, and an empty entry shadow nothing", () => {
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

test('REGISTRY_AUTH_FILE is the first file of podman 4, and with podman 5 the only one (containers/image 5.27, getAuthFilePaths)', () => {
  const state = engineState({ [X]: { chosen: true, logins: ['other.example.com'] }, [K]: { helpers: OURS } });
  assert.deepEqual(winner(state, [4, 9]), helper(K));
  assert.deepEqual(winner(state, [5, 0]), { kind: 'anonymous' });
});

test('a REGISTRY_AUTH_FILE that is not there ends every pull', () => {
  const state = engineState({ [X]: { chosen: true, state: 'absent' }, [K]: { helpers: OURS } });
  assert.equal(winner(state).kind, 'error');
  assert.match(trace(state).steps[0]?.outcome ?? '', /skopeo looks on/);
});

test('a helper of registries.conf is asked for every host before the files; after its "not found" they count', () => {
  const path = '/home/u/.config/containers/registries.conf.d/50-openshift.conf';
  const both = registriesConf({ helpers: ['openshift', 'containers-auth.json'], path });
  const state = engineState({ [X]: { dead: [HOST] } }, { registriesConf: both });
  assert.deepEqual(winner(state), helper(path, 'openshift', login(X, HOST, true)));
  assert.match(trace(state).steps[0]?.outcome ?? '', /"not found" makes it look on/);
  assert.deepEqual(winner(state, [4, 3], ['openshift']), login(X, HOST, true));
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
  mirrors: [],
  ...more,
});
const withTables = (...tables: ReturnType<typeof table>[]) =>
  engineState({ [K]: { helpers: OURS } }, { registriesConf: registriesConf({ tables }) });

test('a registries.conf that is broken ends every pull', () => {
  const broken = [{ path: DROP_IN, fault: `${DROP_IN}:1: this is no TOML` }];
  const state = engineState({ [K]: { helpers: OURS } }, { registriesConf: registriesConf({ broken }) });
  assert.deepEqual(winner(state), { kind: 'error', why: `${DROP_IN}:1: this is no TOML` });
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
  const found = trace(withTables(table(HOST, { mirrors: ['m.example.com'] })));
  assert.deepEqual(found.winner, helper(K));
  assert.match(found.steps[0]?.outcome ?? '', /asks m\.example\.com first, with the logins of those, then/);
});
