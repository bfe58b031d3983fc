import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileRepairs } from '../../../src/engines/edits/file-repairs.ts';
import { readEngines } from '../../../src/engines/read-engine-state.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { writeFiles } from '../../support/write-files.ts';

const HOST = 'registry.example.com';
const OPEN = 'open.example.com';
const DOCKERS = 'docker/config.json';
const OWN = 'home/.config/containers/auth.json';
const SESSION = 'run/containers/auth.json';
const login = { auth: 'dTpzZWNyZXQ=' };
const ours = { [HOST]: 'openshift' };

test('a repair names the helper where it belongs and nowhere twice, and takes out the logins that override it', async (t) => {
  const cases: [path: string, before: object, after: object, others?: object][] = [
    [DOCKERS, { auths: { [HOST]: login } }, { auths: {}, credHelpers: ours }],
    // It is named for the spelling that a login is stored under, too; that of Docker Hub is no cluster's.
    [
      DOCKERS,
      { auths: { [`https://${HOST}:443/v1/`]: login, 'https://index.docker.io/v1/': login } },
      {
        auths: { 'https://index.docker.io/v1/': login },
        credHelpers: { ...ours, [`${HOST}:443`]: 'openshift' },
      },
    ],
    [DOCKERS, { auths: { [OPEN]: login, 'x.io': login } }, { auths: { 'x.io': login }, credHelpers: ours }],
    [SESSION, { auths: { [HOST]: login } }, { auths: {} }],
    [OWN, { credHelpers: ours }, { credHelpers: {} }, { credHelpers: ours }],
    [OWN, { credHelpers: { [HOST]: 'pass' } }, { credHelpers: ours }],
    ['home/.dockercfg', { [HOST]: login, 'x.io': login }, { 'x.io': login }],
    // One that is read with another DOCKER_CONFIG, and one that no engine reads any more.
    ['home/.docker/config.json', { auths: { [HOST]: login } }, { auths: {}, credHelpers: ours }],
    ['old.json', { auths: { [HOST]: login } }, { auths: {} }],
  ];
  for (const [path, before, after, others] of cases) {
    const root = temporaryDirectory(t);
    writeFiles(root, { [path]: before, ...(others === undefined ? {} : { [DOCKERS]: others }) });
    const env = {
      HOME: join(root, 'home'),
      DOCKER_CONFIG: join(root, 'docker'),
      XDG_RUNTIME_DIR: join(root, 'run'),
      XDG_STATE_HOME: join(root, 'state'),
    };
    const here = { platform: 'linux', env, uid: process.geteuid?.() } as const;
    const repairs = fileRepairs(async () => (await readEngines(here, Date.now)).state, here);
    const act = [{ file: join(root, path) }, { ours: [HOST], anonymous: [OPEN] }] as const;
    const text = () => readFileSync(join(root, path), 'utf8');
    const told = await repairs.previewRepair(...act);
    assert.ok(told.length > 0 && told.every((sentence) => sentence.startsWith(`${join(root, path)}: `)));
    assert.deepEqual(JSON.parse(text()), before);
    assert.deepEqual(await repairs.applyRepair(...act), told);
    assert.deepEqual(JSON.parse(text()), after, path);
  }
});
