import assert from 'node:assert/strict';
import { readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { inspectAuthFile, writeAuthFile } from '../../../src/engines/edits/auth-file.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { writeFiles } from '../../support/write-files.ts';

const HOST = 'registry.example.com';
const login = { auth: 'dTpzZWNyZXQ=' };

/** A user of docker's with these files; podman reads none of `run`. */
function machine(t: TestContext, files: Record<string, unknown>) {
  const root = temporaryDirectory(t);
  writeFiles(root, files);
  const env = { HOME: root, XDG_RUNTIME_DIR: join(root, 'run') };
  const environment = { platform: 'linux', env, uid: process.geteuid?.() } as const;
  const at = (path: string) => join(root, path);
  return { at, environment, inspect: (path: string) => inspectAuthFile(environment, at(path), [HOST]) };
}

test('a file of its own can hold logins, also beside files of engines that are broken', async (t) => {
  const { inspect } = machine(t, {
    '.docker/config.json': { credHelpers: { [HOST]: 'openshift' } },
    '.config/containers/auth.json/is-a-directory': '',
    'own.json': { auths: { [HOST]: login } },
    'bare.json': '{}',
  });
  for (const path of ['own.json', 'bare.json']) assert.deepEqual(await inspect(path), []);
  assert.deepEqual(await inspect('new.json'), []);
});

test('what keeps engines from the logins in a file is told, and so are logins that come before them', async (t) => {
  const auths = { [`${HOST}/team`]: login, 'other.example.com/team': login };
  const { inspect, at } = machine(t, { 'own.json': { auths, credsStore: 'desktop' } });
  assert.deepEqual(await inspect('own.json'), [
    `Warning: ${at('own.json')} names docker-credential-desktop for every host (credsStore): docker, and tools that read it as docker does, will not look at the logins in it.`,
    `${at('own.json')} keeps its login "${HOST}/team": podman, buildah and skopeo take that one for what lies below it.`,
  ]);
});

test('a login that would never be used, or would override this helper, is refused', async (t) => {
  const { inspect, at } = machine(t, {
    '.docker/config.json': { credHelpers: { [HOST]: 'openshift' } },
    '.dockercfg': {},
    'own.json': { credHelpers: { [HOST]: 'pass', 'other.example.com': 'pass' } },
  });
  symlinkSync(at('.dockercfg'), at('linked.json'));
  await assert.rejects(inspect('own.json'), { code: 'helper-in-file' });
  for (const path of ['.dockercfg', 'linked.json', 'run/containers/auth.json'])
    await assert.rejects(inspect(path), { code: 'live-auth-file' }, path);
  const others = machine(t, { '.docker/config.json': { credHelpers: { 'other.example.com': 'openshift' } } });
  assert.deepEqual(await others.inspect('.dockercfg'), []);
});

test('logins are written beside what is there, and the file is made private', async (t) => {
  const { at, environment } = machine(t, {
    'own.json': { auths: { 'a.example.com': login } },
    'bare.json': '{}',
  });
  const logins = [{ host: HOST, username: 'u', secret: 'secret' }];
  assert.deepEqual(await writeAuthFile(environment, null, at('own.json'), logins), [
    `wrote the login for ${HOST}`,
    'made it private: its mode was 644',
  ]);
  assert.deepEqual(JSON.parse(readFileSync(at('own.json'), 'utf8')), {
    auths: { 'a.example.com': login, [HOST]: login },
  });
  for (const path of ['bare.json', 'new.json']) {
    await writeAuthFile(environment, null, at(path), logins);
    assert.deepEqual(JSON.parse(readFileSync(at(path), 'utf8')), { auths: { [HOST]: login } });
  }
  for (const path of ['own.json', 'bare.json', 'new.json'])
    assert.equal(statSync(at(path)).mode & 0o777, 0o600, path);
});
