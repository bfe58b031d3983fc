import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  type EngineEnvironment,
  engineFiles,
  filesOfRules,
} from '../../../src/engines/config-files/engine-files.ts';
import { type Engine, rulesOf } from '../../../src/engines/engines.ts';
import type { Version } from '../../../src/engines/rules.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** What is told of docker and of podman's family; other engines that read docker's config are no matter here. */
const OF_TWO: readonly Engine[] = ['docker', 'podman', 'buildah', 'skopeo'];
const filesOfTwo = (environment: EngineEnvironment) =>
  engineFiles(environment)
    .map((file) => ({
      ...file,
      readBy: file.readBy.filter((engine) => OF_TWO.includes(engine)),
      readNowBy: file.readNowBy.filter((engine) => OF_TWO.includes(engine)),
    }))
    .filter(({ readBy }) => readBy.length > 0);
const linux = (env: Record<string, string>, uid: number | undefined = 1000) =>
  filesOfTwo({ platform: 'linux', env, uid });
/** Each file as `path readers`, with what is special about it. */
const told = (environment: EngineEnvironment) =>
  filesOfTwo(environment).map(({ path, readBy, legacy, current, chosenBy, volatile, getsHelper }) =>
    [
      path,
      legacy ? 'dockercfg' : readBy.join('+'),
      getsHelper,
      ...(current ? [] : ['elsewhere']),
      ...(chosenBy === undefined ? [] : ['chosen']),
      ...(volatile ? ['volatile'] : []),
    ].join(' '),
  );

test('on Linux podman looks into the runtime directory first, and keeps a file in HOME', () => {
  const env = { HOME: '/home/a', XDG_RUNTIME_DIR: '/run/user/1000' };
  assert.deepEqual(told({ platform: 'linux', env, uid: 1000 }), [
    '/run/user/1000/containers/auth.json podman never volatile',
    '/home/a/.config/containers/auth.json podman else',
    '/home/a/.docker/config.json docker+podman always',
    '/home/a/.dockercfg dockercfg never',
    '/tmp/storage-run-1000/containers/auth.json podman never elsewhere volatile',
    '/run/containers/1000/auth.json podman never elsewhere volatile',
    '/tmp/podman-run-1000/containers/auth.json podman never elsewhere volatile',
    '/var/tmp/containers-user-1000/containers/containers/auth.json podman never elsewhere volatile',
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
    '/r/auth.json podman always chosen',
    '/d/config.json docker+podman always',
    '/h/.docker/config.json docker+podman if-there elsewhere',
    '/h/.dockercfg dockercfg never elsewhere',
    '/tmp/storage-run-1/containers/auth.json podman never elsewhere volatile',
    '/run/containers/1/auth.json podman never elsewhere volatile',
    '/run/user/1/containers/auth.json podman never elsewhere volatile',
    '/c/containers/auth.json podman else elsewhere',
    '/h/.config/containers/auth.json podman else elsewhere',
    '/tmp/podman-run-1/containers/auth.json podman never elsewhere volatile',
    '/var/tmp/containers-user-1/containers/containers/auth.json podman never elsewhere volatile',
  ]);
});

/** What one engine of a version reads, in its order. */
const read = (engine: Engine, version: Version, env: Record<string, string>, uid = 0) =>
  filesOfRules(rulesOf(engine, version), { platform: 'linux', env, uid }).map(({ path }) => path);
const [C, K, OLD] = ['/h/.config/containers/auth.json', '/h/.docker/config.json', '/h/.dockercfg'];

test('REGISTRY_AUTH_FILE stands in for the file of the session up to podman 4.3, buildah 1.28 and skopeo 1.9, then for all (each seen)', () => {
  const env = { HOME: '/h', XDG_RUNTIME_DIR: '/x', REGISTRY_AUTH_FILE: '/r.json' };
  const older = ['/r.json', C, K, OLD];
  assert.deepEqual(read('podman', [4, 3], env), older);
  assert.deepEqual(read('buildah', [1, 28], env), older);
  assert.deepEqual(read('skopeo', [1, 9], env), older);
  for (const version of [
    [5, 4],
    [5, 8],
    [6, 0],
  ] as const)
    assert.deepEqual(read('podman', version, env), ['/r.json']);
  for (const version of [
    [1, 39],
    [1, 43],
  ] as const)
    assert.deepEqual(read('buildah', version, env), ['/r.json']);
  for (const version of [
    [1, 18],
    [1, 22],
  ] as const)
    assert.deepEqual(read('skopeo', version, env), ['/r.json']);
});

test('DOCKER_CONFIG does the same for podman and buildah, after REGISTRY_AUTH_FILE, and moves docker`s file for skopeo (each seen)', () => {
  const env = { HOME: '/h', XDG_RUNTIME_DIR: '/x', DOCKER_CONFIG: '/d' };
  assert.deepEqual(read('podman', [4, 3], env), ['/d/config.json', C, OLD]);
  assert.deepEqual(read('podman', [5, 4], env), ['/d/config.json']);
  assert.deepEqual(read('buildah', [1, 39], env), ['/d/config.json']);
  assert.deepEqual(read('skopeo', [1, 18], env), ['/x/containers/auth.json', C, '/d/config.json', OLD]);
  assert.deepEqual(read('podman', [5, 4], { ...env, REGISTRY_AUTH_FILE: '/r.json' }), ['/r.json']);
  assert.deepEqual(read('docker', [28, 5], env), ['/d/config.json']);
});

test('without XDG_RUNTIME_DIR the session`s file is where each engine and version has it, if that is the user`s (each seen)', (t) => {
  const tmp = temporaryDirectory(t);
  const env = { HOME: '/h', TMPDIR: tmp };
  const [uid, other] = [process.getuid?.() || 4321, 4322];
  const first = (engine: Engine, version: Version, user = uid) => read(engine, version, env, user)[0];
  assert.equal(first('podman', [4, 3]), `${tmp}/podman-run-${uid}/containers/auth.json`);
  assert.equal(first('podman', [5, 4]), `${tmp}/storage-run-${uid}/containers/auth.json`);
  assert.equal(first('buildah', [1, 43]), `${tmp}/storage-run-${uid}/containers/auth.json`);
  assert.equal(first('buildah', [1, 28]), `${tmp}/containers-user-${uid}/containers/containers/auth.json`);
  assert.equal(first('skopeo', [1, 18]), `/run/containers/${uid}/auth.json`);
  for (const [engine, version] of [
    ['podman', [4, 3]],
    ['buildah', [1, 43]],
    ['skopeo', [1, 9]],
  ] as const)
    assert.equal(first(engine, version, 0), '/run/containers/0/auth.json');
  // A directory that somebody else made there is passed over.
  mkdirSync(join(tmp, `storage-run-${other}`));
  assert.equal(first('podman', [5, 4], other), `/run/containers/${other}/auth.json`);
});

test('a file that two variables lead to comes once, where it is read first', () => {
  const env = { HOME: '/h', REGISTRY_AUTH_FILE: '/h/.docker/config.json', DOCKER_CONFIG: '/h/.docker' };
  const paths = linux(env).map(({ path }) => path);
  assert.equal(new Set(paths).size, paths.length);
  assert.equal(linux(env)[0]?.getsHelper, 'always');
  assert.deepEqual(linux(env)[0]?.readBy, ['docker', 'podman']);
  assert.deepEqual(linux(env)[0]?.readNowBy, ['docker', 'podman', 'buildah', 'skopeo']);
  assert.equal(linux(env)[0]?.chosenBy, 'REGISTRY_AUTH_FILE');
});

test("docker's file of another environment is podman's alone where REGISTRY_AUTH_FILE names it", () => {
  const env = { HOME: '/h', REGISTRY_AUTH_FILE: '/h/.docker/config.json', DOCKER_CONFIG: '/d' };
  const [chosen] = linux(env);
  assert.deepEqual(
    [chosen?.readBy, chosen?.readNowBy],
    [
      ['docker', 'podman'],
      ['podman', 'buildah', 'skopeo'],
    ],
  );
  const dockers = linux(env).filter(({ readNowBy }) => readNowBy.includes('docker'));
  assert.deepEqual(
    dockers.map(({ path }) => path),
    ['/d/config.json'],
  );
});

test('on macOS and Windows podman has one file, in HOME', () => {
  const env = { HOME: '/Users/a', XDG_RUNTIME_DIR: '/x' };
  assert.deepEqual(told({ platform: 'darwin', env, uid: 501 }), [
    '/Users/a/.config/containers/auth.json podman else',
    '/Users/a/.docker/config.json docker+podman always',
    '/Users/a/.dockercfg dockercfg never',
  ]);
  const windows = { USERPROFILE: 'C:\\Users\\a' };
  assert.deepEqual(told({ platform: 'win32', env: windows, uid: undefined }), [
    'C:\\Users\\a\\.config\\containers\\auth.json podman else',
    'C:\\Users\\a\\.docker\\config.json docker+podman always',
    'C:\\Users\\a\\.dockercfg dockercfg never',
  ]);
});

test('outside Linux a moved config directory is read besides', () => {
  const env = { HOME: '/Users/a', XDG_CONFIG_HOME: '/c' };
  assert.deepEqual(told({ platform: 'darwin', env, uid: 501 }).slice(0, 2), [
    '/Users/a/.config/containers/auth.json podman else',
    '/c/containers/auth.json podman else',
  ]);
});

test('helm has a file of its own, which names no helper, before docker`s', () => {
  const helms = (platform: NodeJS.Platform, env: Record<string, string>) =>
    engineFiles({ platform, env, uid: 1 })
      .filter(({ readNowBy }) => readNowBy.includes('helm'))
      .map(({ path, readBy, getsHelper }) => `${path} ${readBy.join('+')} ${getsHelper}`);
  const dockers = '/h/.docker/config.json docker+podman+nerdctl+helm always';
  assert.deepEqual(helms('linux', { HOME: '/h' }), [
    '/h/.config/helm/registry/config.json helm never',
    dockers,
  ]);
  const moved = { HOME: '/h', HELM_CONFIG_HOME: '/c', HELM_REGISTRY_CONFIG: '/r.json' };
  assert.deepEqual(helms('linux', moved), ['/r.json helm never', dockers]);
  assert.equal(
    helms('darwin', { HOME: '/h' })[0],
    '/h/Library/Preferences/helm/registry/config.json helm never',
  );
});

test('docker reads its own config alone (20.10, without one, .dockercfg), and podman every file', () => {
  const files = linux({ HOME: '/h', DOCKER_CONFIG: '/d' });
  assert.ok(files.every(({ readBy }) => readBy.includes('podman')));
  const dockers = files.filter(({ readBy }) => readBy.includes('docker')).map(({ path }) => path);
  assert.deepEqual(dockers, ['/d/config.json', '/h/.dockercfg', '/h/.docker/config.json']);
});

test('without a HOME there are no files in it', () => {
  assert.deepEqual(
    linux({ HOME: '' }, 7).map(({ path }) => path),
    [
      '/tmp/storage-run-7/containers/auth.json',
      '/run/containers/7/auth.json',
      '/run/user/7/containers/auth.json',
      '/tmp/podman-run-7/containers/auth.json',
      '/var/tmp/containers-user-7/containers/containers/auth.json',
    ],
  );
  assert.deepEqual(engineFiles({ platform: 'linux', env: {}, uid: undefined }), []);
});
