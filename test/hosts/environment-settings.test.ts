import assert from 'node:assert/strict';
import { test } from 'node:test';
import { environmentSettings } from '../../src/hosts/environment-settings.ts';

const SERVER = 'https://api.example.com:6443';
const settings = (variables: Record<string, string>) =>
  environmentSettings(
    Object.fromEntries(
      Object.entries(variables).map(([name, value]) => [`DOCKER_CREDENTIAL_OPENSHIFT_${name}`, value]),
    ),
  );

test('an environment that says nothing gives nothing', () =>
  assert.deepEqual(environmentSettings({ HOME: '/root', KUBECONFIG: '/k' }), {
    registries: new Map(),
    identity: undefined,
    context: undefined,
    secrets: undefined,
    problems: [],
  }));

test('a server and a token are an identity', () =>
  assert.deepEqual(settings({ SERVER, TOKEN: ' t \n', CA_FILE: '/ca' }).identity, {
    server: SERVER,
    token: 't',
    tokenFile: undefined,
    caFile: '/ca',
  }));

test('a server and a token file are an identity', () => {
  const { identity } = settings({ SERVER, TOKEN_FILE: '/run/token' });
  assert.deepEqual([identity?.token, identity?.tokenFile], [undefined, '/run/token']);
});

test('a server without a token is none: it says which context is meant', () => {
  const { identity, problems } = settings({ SERVER });
  assert.deepEqual([identity, problems], [undefined, []]);
});

test('a token without a server is shown to nobody, and what is missing is named', () => {
  for (const given of [{ TOKEN: 'secret' }, { TOKEN_FILE: '/run/token' }] as Record<string, string>[]) {
    const { identity, problems } = settings(given);
    assert.equal(identity, undefined);
    const name = `DOCKER_CREDENTIAL_OPENSHIFT_${Object.keys(given).join()}`;
    assert.deepEqual(problems, [
      `${name} needs DOCKER_CREDENTIAL_OPENSHIFT_SERVER, the API server that it belongs to`,
    ]);
    assert.doesNotMatch(problems.join(), /secret/);
  }
});

test('a server that is no https URL is shown no token, and is not repeated: it may hold a password', () => {
  for (const server of [
    'http://api',
    'api.example.com',
    'https://me:hunter2@api',
    'https://api?x',
    'https://',
  ]) {
    const { identity, problems } = settings({ SERVER: server, TOKEN: 't' });
    assert.equal(identity, undefined, server);
    assert.deepEqual(problems, ['DOCKER_CREDENTIAL_OPENSHIFT_SERVER is not an https:// URL']);
  }
});

test('an empty variable counts as unset', () => {
  const { identity, context, registries, problems } = settings({
    SERVER: '',
    TOKEN: ' ',
    CONTEXT: '',
    REGISTRIES: '',
  });
  assert.deepEqual([identity, context, registries.size, problems], [undefined, undefined, 0, []]);
});

test('registries are listed with commas or spaces, are normalised, and get what the environment says', () => {
  const { registries } = settings({
    REGISTRIES: 'Registry.Example.com, r2.example.com:5000\nr3.example.com',
    SERVER,
    CONTEXT: 'ci',
    SERVICE_ACCOUNT: 'ci/puller',
  });
  assert.deepEqual([...registries.keys()], ['registry.example.com', 'r2.example.com:5000', 'r3.example.com']);
  assert.deepEqual(registries.get('r3.example.com'), {
    server: SERVER,
    context: 'ci',
    serviceAccount: 'ci/puller',
    current: true,
  });
});

test('a registry that is no host is told by its place, unrepeated, and the others still count', () => {
  const { registries, problems } = settings({ REGISTRIES: 'r.example.com !!!' });
  assert.deepEqual([...registries.keys()], ['r.example.com']);
  assert.deepEqual(problems, ['DOCKER_CREDENTIAL_OPENSHIFT_REGISTRIES: entry 2 is not a registry host']);
});

test('a service account that is not NAMESPACE/NAME is named as wrong, rather than left out', () => {
  for (const SERVICE_ACCOUNT of ['puller', 'ci/', 'ci/a/b', 'ci/..', 'CI/puller']) {
    assert.deepEqual(settings({ SERVICE_ACCOUNT, REGISTRIES: 'r.example.com' }).problems, [
      'DOCKER_CREDENTIAL_OPENSHIFT_SERVICE_ACCOUNT is not of the form NAMESPACE/NAME',
    ]);
  }
});

test('the context of the environment stands beside an identity of it', () =>
  assert.equal(settings({ CONTEXT: 'ci' }).context, 'ci'));
