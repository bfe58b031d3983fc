import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type EngineState, filesOf } from '../../../src/engines/engine-state.ts';
import { traceDocker } from '../../../src/engines/lookup/trace-docker.ts';
import { C, engineState, HOST, K, OLD, storedLogin, X } from './lookup-world.ts';

const OURS = { [HOST]: 'openshift' };
const SEEN: readonly [number, number] = [28, 2];
const ANONYMOUS = { kind: 'anonymous' };

function winner(
  state: EngineState,
  { version = SEEN, missing = [] as readonly string[], registry = HOST } = {},
) {
  const isOnPath = (helper: string) => !missing.includes(helper);
  return traceDocker({
    engine: 'docker',
    version,
    registry,
    repository: 'team/app',
    isOnPath,
    ...state,
    files: filesOf('docker', state),
  }).winner;
}

const login = (key = HOST, where = K) => ({ kind: 'login', key, where, dead: false });
const helper = (name: string) => ({ kind: 'helper', helper: name, where: K, otherwise: ANONYMOUS });

test('docker reads its own file and no other', () => {
  const one = { logins: [HOST] };
  assert.deepEqual(winner(engineState({ [X]: one, [C]: one, [OLD]: one })), ANONYMOUS);
  assert.deepEqual(winner(engineState({ [X]: one, [K]: one })), login());
});

test('credHelpers wins over auths and over credsStore', () => {
  const content = { helpers: OURS, logins: [HOST], credsStore: 'desktop' };
  assert.deepEqual(winner(engineState({ [K]: content })), helper('openshift'));
});

test('credsStore hides logins of the file', () => {
  assert.deepEqual(
    winner(engineState({ [K]: { credsStore: 'desktop', logins: [HOST] } })),
    helper('desktop'),
  );
});

test('a login is found by its key, or by the host in it', () => {
  for (const key of [HOST, `https://${HOST}`, `https://${HOST}/v1/`, `${HOST}/team`]) {
    assert.deepEqual(winner(engineState({ [K]: { logins: ['other.example.com', key] } })), login(key));
  }
  assert.deepEqual(winner(engineState({ [K]: { logins: [`https://${HOST}/v1/`, HOST] } })), login(HOST));
  assert.deepEqual(winner(engineState({ [K]: { empty: [HOST] } })), ANONYMOUS);
});

test('a key of credHelpers that is no bare host is not found', () => {
  for (const key of [`https://${HOST}`, `${HOST}/team`, HOST.toUpperCase(), `${HOST}:443`]) {
    assert.deepEqual(winner(engineState({ [K]: { helpers: { [key]: 'openshift' } } })), ANONYMOUS);
  }
});

test('a file that is empty or broken is ignored', () => {
  for (const state of ['blank', 'unusable', 'absent'] as const) {
    assert.deepEqual(winner(engineState({ [K]: { state } })), ANONYMOUS);
  }
});

test('without its helper docker up to 28 takes a stored login, or goes on anonymously', () => {
  const missing = ['openshift'];
  assert.deepEqual(winner(engineState({ [K]: { helpers: OURS, logins: [HOST] } }), { missing }), login());
  assert.deepEqual(winner(engineState({ [K]: { helpers: OURS } }), { missing }), ANONYMOUS);
});

test('without its helper docker 29 fails (by the source of docker/cli 29)', () => {
  const state = engineState({ [K]: { helpers: OURS, logins: [HOST] } });
  assert.equal(winner(state, { missing: ['openshift'], version: [29, 0] }).kind, 'error');
});

test('DOCKER_AUTH_CONFIG beats everything from docker 28.3 on (docker/cli pull request 6008), and before that nothing', () => {
  const state = engineState({ [K]: { helpers: OURS } }, { dockerAuthConfig: [storedLogin(HOST)] });
  assert.deepEqual(winner(state, { version: [29, 0] }), login(HOST, 'DOCKER_AUTH_CONFIG'));
  assert.deepEqual(winner(state, { version: [28, 3] }), login(HOST, 'DOCKER_AUTH_CONFIG'));
  assert.deepEqual(winner(state), helper('openshift'));
  assert.deepEqual(winner(state, { version: [27, 5] }), helper('openshift'));
});

test('a DOCKER_AUTH_CONFIG that is broken, or names other hosts, is passed over', () => {
  for (const dockerAuthConfig of ['broken', [storedLogin('other.example.com')]] as const) {
    assert.deepEqual(
      winner(engineState({ [K]: { helpers: OURS } }, { dockerAuthConfig })),
      helper('openshift'),
    );
  }
});

test('Docker Hub is asked for by its old name', () => {
  const state = engineState({ [K]: { logins: ['https://index.docker.io/v1/'] } });
  assert.deepEqual(winner(state, { registry: 'docker.io' }), login('https://index.docker.io/v1/'));
});
