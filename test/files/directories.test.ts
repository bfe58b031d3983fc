import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  cacheDirectory,
  configFile,
  type Place,
  stateDirectory,
  stateLasts,
} from '../../src/files/directories.ts';

const NAME = 'docker-credential-openshift';
type Env = Record<string, string>;

/** Where cache, state and config lie. */
function places(env: Env, platform: Place['platform'] = 'linux', uid: number | undefined = 1000) {
  const place = { platform, env, uid };
  return [cacheDirectory(place), stateDirectory(place), configFile(place)];
}

test('on Linux they are where XDG says, else in the home directory', () => {
  assert.deepEqual(places({ HOME: '/h' }), [
    `/h/.cache/${NAME}`,
    `/h/.local/state/${NAME}`,
    `/h/.config/${NAME}/config.yaml`,
  ]);
  const xdg = { HOME: '/h', XDG_CACHE_HOME: '/c', XDG_STATE_HOME: '/s/', XDG_CONFIG_HOME: '/x' };
  assert.deepEqual(places(xdg), [`/c/${NAME}`, `/s/${NAME}`, `/x/${NAME}/config.yaml`]);
});

test('a relative XDG directory or home counts for nothing', () => {
  const relative = { HOME: '/h', XDG_CACHE_HOME: 'c', XDG_STATE_HOME: '', XDG_CONFIG_HOME: './x' };
  assert.deepEqual(places(relative), places({ HOME: '/h' }));
  assert.equal(configFile({ platform: 'linux', env: { HOME: 'h' }, uid: 1000 }), null);
});

test("without a home they are the session's, else the user's own in TMPDIR; and there is no config", () => {
  assert.deepEqual(places({ XDG_RUNTIME_DIR: '/run/user/1000' }), [
    `/run/user/1000/${NAME}`,
    `/run/user/1000/${NAME}`,
    null,
  ]);
  assert.deepEqual(places({ TMPDIR: '/t' }), [`/t/${NAME}-1000`, `/t/${NAME}-1000`, null]);
  assert.deepEqual(places({}, 'linux', 0), [`/tmp/${NAME}-0`, `/tmp/${NAME}-0`, null]);
});

test('on macOS they are in the Library', () =>
  assert.deepEqual(places({ HOME: '/Users/a', XDG_CACHE_HOME: '/c' }, 'darwin'), [
    `/Users/a/Library/Caches/${NAME}`,
    `/Users/a/Library/Application Support/${NAME}`,
    `/Users/a/Library/Application Support/${NAME}/config.yaml`,
  ]));

test('on Windows they are in the application data, and nowhere without it', () => {
  const env = { LOCALAPPDATA: 'C:\\Users\\a\\Local', APPDATA: 'C:\\Users\\a\\Roaming' };
  assert.deepEqual(places(env, 'win32', undefined), [
    `C:\\Users\\a\\Local\\${NAME}\\cache`,
    `C:\\Users\\a\\Local\\${NAME}\\state`,
    `C:\\Users\\a\\Roaming\\${NAME}\\config.yaml`,
  ]);
  assert.deepEqual(places({}, 'win32', undefined), [null, null, null]);
});

test('the config file can be named, as it is', () => {
  const env = { HOME: '/h', DOCKER_CREDENTIAL_OPENSHIFT_CONFIG: './mine.yaml' };
  assert.equal(configFile({ platform: 'linux', env, uid: 1000 }), './mine.yaml');
});

test('what is kept without a home, and without a place that XDG names, does not outlast a restart', () => {
  const lasts = (env: Env, platform: Place['platform'] = 'linux') => stateLasts({ platform, env, uid: 1000 });
  for (const env of [{ HOME: '/h' }, { XDG_STATE_HOME: '/s' }]) assert.equal(lasts(env), true);
  for (const env of [{}, { HOME: 'h' }, { XDG_RUNTIME_DIR: '/run/user/1000' }, { TMPDIR: '/t' }]) {
    assert.equal(lasts(env), false);
  }
  assert.deepEqual(
    [lasts({ XDG_STATE_HOME: '/s' }, 'darwin'), lasts({ HOME: '/h' }, 'darwin')],
    [false, true],
  );
  assert.equal(lasts({}, 'win32'), true);
});
