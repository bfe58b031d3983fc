import assert from 'node:assert/strict';
import { test } from 'node:test';
import { engineFiles } from '../../../src/engines/engine-files.ts';

test('on Linux podman looks into the runtime directory first, and keeps a file in HOME', () => {
  const env = { HOME: '/home/a', XDG_RUNTIME_DIR: '/run/user/1000' };
  assert.deepEqual(engineFiles({ platform: 'linux', env, uid: 1000 }), {
    dockerConfig: '/home/a/.docker/config.json',
    podmanPrimary: '/run/user/1000/containers/auth.json',
    podmanPrimaryIsChosen: false,
    podmanPersistent: '/home/a/.config/containers/auth.json',
    dockercfg: '/home/a/.dockercfg',
  });
});

test('without a runtime directory the user id names the place', () => {
  const { podmanPrimary } = engineFiles({
    platform: 'linux',
    env: { HOME: '/root', XDG_RUNTIME_DIR: '' },
    uid: 0,
  });
  assert.equal(podmanPrimary, '/run/containers/0/auth.json');
});

test('variables move the files', () => {
  const env = { HOME: '/h', DOCKER_CONFIG: '/d', XDG_CONFIG_HOME: '/c', REGISTRY_AUTH_FILE: '/r/auth.json' };
  const files = engineFiles({ platform: 'linux', env, uid: 1 });
  assert.equal(files.dockerConfig, '/d/config.json');
  assert.equal(files.podmanPersistent, '/c/containers/auth.json');
  assert.equal(files.podmanPrimary, '/r/auth.json');
  assert.equal(files.podmanPrimaryIsChosen, true);
});

test('on macOS and Windows podman has one file, in HOME', () => {
  const mac = engineFiles({ platform: 'darwin', env: { HOME: '/Users/a', XDG_RUNTIME_DIR: '/x' }, uid: 501 });
  assert.equal(mac.podmanPrimary, '/Users/a/.config/containers/auth.json');
  assert.equal(mac.podmanPersistent, mac.podmanPrimary);
  const windows = engineFiles({ platform: 'win32', env: { USERPROFILE: 'C:\\Users\\a' }, uid: undefined });
  assert.equal(windows.podmanPrimary, 'C:\\Users\\a\\.config\\containers\\auth.json');
  assert.equal(windows.podmanPersistent, windows.podmanPrimary);
  assert.equal(windows.dockerConfig, 'C:\\Users\\a\\.docker\\config.json');
});

test('without a HOME there are no files in it', () => {
  const files = engineFiles({ platform: 'linux', env: { HOME: '' }, uid: 7 });
  assert.deepEqual(
    [files.dockerConfig, files.podmanPersistent, files.dockercfg],
    [undefined, undefined, undefined],
  );
});
