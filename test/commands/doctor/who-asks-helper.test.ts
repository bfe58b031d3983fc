import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { whoAsksHelper } from '../../../src/commands/doctor/lookup.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const HOST = 'registry.example.com';
const DOCKER = '.docker/config.json';
const PERSISTENT = '.config/containers/auth.json';
const PRIMARY = 'run/containers/auth.json';
const helped = { credHelpers: { [HOST]: 'openshift' } };
const login = { auths: { [HOST]: { auth: 'dTpw' } } };

/** Who asks the helper on a machine with these files and nothing but the helper on its PATH. */
async function asking(t: TestContext, files: Record<string, object>, program = true) {
  const home = temporaryDirectory(t);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), JSON.stringify(content));
  }
  if (program) writeFileSync(join(home, 'docker-credential-openshift'), '', { mode: 0o700 });
  const env = { HOME: home, XDG_RUNTIME_DIR: join(home, 'run'), PATH: home };
  const here = { platform: 'linux', env, uid: process.geteuid?.() } as const;
  const told = await whoAsksHelper([HOST], ['docker', 'podman'], here);
  assert.deepEqual(
    told.map(({ engine, isInstalled }) => [engine, isInstalled]),
    [
      ['docker', false],
      ['podman', false],
    ],
  );
  return { asks: told.map(({ asksHelper }) => asksHelper), why: told.map(({ why }) => why).join('\n') };
}

test('an engine whose file names the helper asks it, and one of which no file does does not', async (t) => {
  assert.deepEqual((await asking(t, { [DOCKER]: helped, [PERSISTENT]: helped })).asks, [true, true]);
  assert.deepEqual((await asking(t, { [PERSISTENT]: helped })).asks, [false, true]);
  assert.deepEqual((await asking(t, {})).asks, [false, false]);
});

test('a login that overrides the helper is named, with its file', async (t) => {
  const { asks, why } = await asking(t, { [DOCKER]: helped, [PERSISTENT]: helped, [PRIMARY]: login });
  assert.deepEqual(asks, [true, false]);
  assert.match(why, /podman uses the login "registry\.example\.com" in .*run\/containers\/auth\.json/);
});

test('a helper that is not on the PATH, or not ours, is told', async (t) => {
  const gone = await asking(t, { [DOCKER]: helped, [PERSISTENT]: helped }, false);
  assert.deepEqual(gone.asks, [false, false]);
  assert.match(gone.why, /docker-credential-openshift is not on its PATH/);
  const others = await asking(t, { [DOCKER]: { credHelpers: { [HOST]: 'desktop' } } });
  assert.deepEqual(others.asks, [false, false]);
});
