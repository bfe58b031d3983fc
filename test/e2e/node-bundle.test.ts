import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fingerprintOf } from '../../src/files/sign-outs.ts';
import { bundledHelper } from '../support/helper-program.ts';
import { linkedHome } from './helper-home.ts';

test('the program for Node serves as the compiled one does: every verb, and the commands that people run most', async (t) => {
  const { sandbox, home } = await linkedHome(t, bundledHelper);
  assert.equal((await home.get(sandbox.registryHost)).token, fingerprintOf(home.token));

  const registries = { [sandbox.registryHost]: { server: sandbox.apiUrl, user: 'alice' } };
  await home.write(home.configFile, JSON.stringify({ secrets: 'file', registries }));
  const credential = { ServerURL: 'registry.example.com', Username: 'robot', Secret: 'a-secret' };
  const stored = await home.run('store', JSON.stringify(credential));
  assert.deepEqual([stored.status, stored.stdout, stored.stderr], [0, '', '']);
  assert.equal((await home.get('registry.example.com')).token, fingerprintOf('a-secret'));
  const listed = JSON.parse((await home.run('list', 'unused')).stdout) as object;
  assert.ok('registry.example.com' in listed);

  const docker = join(home.directory, '.docker/config.json');
  await home.write(docker, '{}');
  const { status, stderr } = await home.run(['setup', '--yes', sandbox.registryHost], '');
  assert.equal(status, 0, stderr);
  assert.ok(existsSync(docker) && readFileSync(docker, 'utf8').includes(sandbox.registryHost));

  const told = JSON.parse((await home.run(['status', '--json'], '')).stdout);
  assert.ok(told.hosts.some(({ host }: { host: string }) => host === sandbox.registryHost));
  const examined = JSON.parse((await home.run(['doctor', '--json', sandbox.registryHost], '')).stdout);
  assert.ok(examined.findings.length > 0);
  assert.equal((await home.run(['renew', sandbox.registryHost], '')).status, 0);

  const erased = await home.run('erase', 'registry.example.com');
  assert.deepEqual([erased.status, erased.stdout], [0, '']);
  assert.equal((await home.get('registry.example.com')).token, undefined);
  assert.equal((await home.run(['logout', sandbox.registryHost], '')).status, 0);
  assert.equal((await home.get(sandbox.registryHost)).token, undefined);
});
