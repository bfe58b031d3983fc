import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type EngineEnvironment, engineFiles } from '../../../src/engines/config-files/engine-files.ts';

const linux = (env: Record<string, string>, uid: number | undefined = 1000) =>
  engineFiles({ platform: 'linux', env, uid });
/** Each file as `path readers`, with what is special about it. */
const told = (environment: EngineEnvironment) =>
  engineFiles(environment).map(({ path, readBy, legacy, current, chosen, volatile, getsHelper }) =>
    [
      path,
      legacy ? 'dockercfg' : readBy.join('+'),
      getsHelper,
      ...(current ? [] : ['elsewhere']),
      ...(chosen ? ['chosen'] : []),
      ...(volatile ? ['volatile'] : []),
    ].join(' '),
  );

test('on Linux podman looks into the runtime directory first, and keeps a file in HOME', () => {
  const env = { HOME: '/home/a', XDG_RUNTIME_DIR: '/run/user/1000' };
  assert.deepEqual(told({ platform: 'linux', env, uid: 1000 }), [
    '/run/user/1000/containers/auth.json podman never volatile',
    '/home/a/.config/containers/auth.json podman always',
    '/home/a/.docker/config.json docker+podman always',
    '/home/a/.dockercfg dockercfg never',
    '/run/containers/1000/auth.json podman never elsewhere volatile',
  ]);
});

test('without a runtime directory the user id names the place, and the session file is read elsewhere', () => {
  const env = { HOME: '/root', XDG_RUNTIME_DIR: '' };
  const all = told({ platform: 'linux', env, uid: 0 });
  assert.equal(all[0], '/run/containers/0/auth.json podman never volatile');
  assert.equal(all.at(-1), '/run/user/0/containers/auth.json podman never elsewhere volatile');
});

test('variables move the files, and those of engines without the variables are there still', () => {
  const env = { HOME: '/h', DOCKER_CONFIG: '/d', XDG_CONFIG_HOME: '/c', REGISTRY_AUTH_FILE: '/r/auth.json' };
  assert.deepEqual(told({ platform: 'linux', env, uid: 1 }), [
    '/r/auth.json podman if-there chosen',
    '/run/containers/1/auth.json podman never elsewhere volatile',
    '/c/containers/auth.json podman always',
    '/d/config.json docker+podman always',
    '/h/.dockercfg dockercfg never',
    '/run/user/1/containers/auth.json podman never elsewhere volatile',
    '/h/.config/containers/auth.json podman if-there elsewhere',
    '/h/.docker/config.json docker+podman if-there elsewhere',
  ]);
});

test('a file that two variables lead to comes once, where it is read first', () => {
  const env = { HOME: '/h', REGISTRY_AUTH_FILE: '/h/.docker/config.json', DOCKER_CONFIG: '/h/.docker' };
  const paths = linux(env).map(({ path }) => path);
  assert.equal(new Set(paths).size, paths.length);
  assert.equal(linux(env)[0]?.getsHelper, 'always');
  assert.deepEqual(linux(env)[0]?.readBy, ['docker', 'podman']);
  assert.deepEqual(linux(env)[0]?.readNowBy, ['docker', 'podman']);
  assert.equal(linux(env)[0]?.chosen, true);
});

test("docker's file of another environment is podman's alone where REGISTRY_AUTH_FILE names it", () => {
  const env = { HOME: '/h', REGISTRY_AUTH_FILE: '/h/.docker/config.json', DOCKER_CONFIG: '/d' };
  const [chosen] = linux(env);
  assert.deepEqual([chosen?.readBy, chosen?.readNowBy], [['docker', 'podman'], ['podman']]);
  const dockers = linux(env).filter(({ readNowBy }) => readNowBy.includes('docker'));
  assert.deepEqual(
    dockers.map(({ path }) => path),
    ['/d/config.json'],
  );
});

test('on macOS and Windows podman has one file, in HOME', () => {
  const env = { HOME: '/Users/a', XDG_RUNTIME_DIR: '/x' };
  assert.deepEqual(told({ platform: 'darwin', env, uid: 501 }), [
    '/Users/a/.config/containers/auth.json podman always',
    '/Users/a/.docker/config.json docker+podman always',
    '/Users/a/.dockercfg dockercfg never',
  ]);
  const windows = { USERPROFILE: 'C:\\Users\\a' };
  assert.deepEqual(told({ platform: 'win32', env: windows, uid: undefined }), [
    'C:\\Users\\a\\.config\\containers\\auth.json podman always',
    'C:\\Users\\a\\.docker\\config.json docker+podman always',
    'C:\\Users\\a\\.dockercfg dockercfg never',
  ]);
});

test('outside Linux a moved config directory is read besides', () => {
  const env = { HOME: '/Users/a', XDG_CONFIG_HOME: '/c' };
  assert.deepEqual(told({ platform: 'darwin', env, uid: 501 }).slice(0, 2), [
    '/Users/a/.config/containers/auth.json podman always',
    '/c/containers/auth.json podman if-there',
  ]);
});

test('docker reads its own config alone, and podman every file', () => {
  const files = linux({ HOME: '/h', DOCKER_CONFIG: '/d' });
  assert.ok(files.every(({ readBy }) => readBy.includes('podman')));
  const dockers = files.filter(({ readBy }) => readBy.includes('docker')).map(({ path }) => path);
  assert.deepEqual(dockers, ['/d/config.json', '/h/.docker/config.json']);
});

test('without a HOME there are no files in it', () => {
  assert.deepEqual(
    linux({ HOME: '' }, 7).map(({ path }) => path),
    ['/run/containers/7/auth.json', '/run/user/7/containers/auth.json'],
  );
  assert.deepEqual(engineFiles({ platform: 'linux', env: {}, uid: undefined }), []);
});
