import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { allStates, stateFor, volatilePlaces } from '../../../src/engines/edits/keep-edit.ts';
import { createSetupFiles } from '../../../src/engines/edits/setup-files.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const HOST = 'registry.example.com';

test('what is kept of a volatile file is kept where it goes with it, however it is reached', () => {
  const env = { XDG_RUNTIME_DIR: '/run/user/7/' };
  const volatile = volatilePlaces({ platform: 'linux', env, uid: 7 });
  const keeping = { state: '/home/u/.local/state/ours', volatile };
  const name = 'docker-credential-openshift';
  assert.equal(stateFor('/run/user/7/containers/auth.json', keeping), `/run/user/7/${name}`);
  assert.equal(stateFor('/run/containers/7/auth.json', keeping), `/run/containers/7/${name}`);
  assert.equal(stateFor('/dev/shm/auth.json', keeping), `/dev/shm/${name}-7`);
  assert.equal(stateFor('/home/u/.docker/config.json', keeping), keeping.state);
  assert.equal(stateFor('/run/user/77/auth.json', keeping), keeping.state);
  assert.deepEqual(
    volatilePlaces({ platform: 'linux', env: {}, uid: 7 }).map(({ root }) => root),
    ['/run/user/7', '/run/containers/7', '/dev/shm'],
  );
  assert.deepEqual(volatilePlaces({ platform: 'darwin', env, uid: 7 }), []);
});

test('where all of ours is volatile there is one place', () => {
  const env = { XDG_RUNTIME_DIR: '/tmp' };
  const keeping = {
    state: '/tmp/home/.local/state/ours',
    volatile: volatilePlaces({ platform: 'linux', env, uid: 7 }),
  };
  assert.equal(stateFor('/tmp/home/.docker/config.json', keeping), keeping.state);
  assert.equal(allStates({ state: null }).length, 0);
});

test('no secret of the session reaches the disk, and setup can be undone byte for byte', async (t) => {
  const root = temporaryDirectory(t);
  const env = { HOME: join(root, 'home'), XDG_RUNTIME_DIR: join(root, 'run'), PATH: '' };
  const primary = join(root, 'run/containers/auth.json');
  const text = `{"auths": {"${HOST}": {"auth": "c2VjcmV0"}, "other": {"auth": "b3RoZXI="}}}`;
  mkdirSync(dirname(primary), { recursive: true });
  writeFileSync(primary, text);
  const configFile = join(root, 'home/.config/docker-credential-openshift/config.yaml');
  const files = createSetupFiles({ platform: 'linux', env, uid: process.geteuid?.() }, configFile);
  const entry = { server: 'https://api.example.com:6443', user: 'alice' };
  const setup = { host: HOST, engineNames: [HOST], entry, isNamed: true };
  for (const file of await files.plan([setup])) await file.apply();
  assert.ok(!readFileSync(primary, 'utf8').includes(HOST));

  const onDisk = readdirSync(join(root, 'home'), { recursive: true, withFileTypes: true });
  const texts = onDisk
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
  assert.doesNotMatch(texts.join('\n'), /c2VjcmV0|b3RoZXI/);

  const undos = await files.planUndo(undefined);
  assert.ok(undos.some(({ path }) => path === primary));
  for (const undo of undos) await undo.apply();
  assert.equal(readFileSync(primary, 'utf8'), text);
  assert.deepEqual(readdirSync(join(root, 'run/docker-credential-openshift')), []);
  assert.deepEqual(await files.planUndo(undefined), []);
});
