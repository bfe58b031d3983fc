import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { compiledHelper } from '../support/helper-program.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { homeAtSandbox, loggedIn } from './helper-home.ts';
import { answered, store } from './storing.ts';

test('a login that was typed, and that ends when it is not used, is kept alive by no timer', async (t) => {
  const { sandbox, home, host } = await homeAtSandbox(t, compiledHelper);
  const entry = { server: sandbox.apiUrl, user: 'alice' };
  await home.write(home.configFile, JSON.stringify({ secrets: 'file', registries: { [host]: entry } }));
  const idle = sandbox.issueOAuthToken({ user: 'robot', inactivityTimeoutSeconds: 600 });
  assert.equal((await store(home, host, idle)).status, 0);
  assert.deepEqual(await home.get(host), answered(idle));
  sandbox.clearRequests();
  assert.match((await home.run('renew', '')).stdout, /: left alone: /);
  assert.deepEqual(sandbox.requests, []);
  assert.equal((await store(home, host, sandbox.issueOAuthToken({ user: 'robot' }))).status, 0);
  assert.match((await home.run('renew', '')).stdout, /: good, as robot, /);
});

test('a host that nothing but a typed login of its cluster answers for is renewed with all others, and the logins that override the helper go', async (t) => {
  const sandbox = await runningSandbox(t);
  const home = await loggedIn(t, compiledHelper, sandbox, undefined, { SSL_CERT_FILE: sandbox.caFile });
  await home.write(home.configFile, '{"secrets":"file"}');
  const host = sandbox.registryHost;
  const robots = sandbox.issueOAuthToken({ user: 'robot' });
  assert.equal((await store(home, host, robots)).status, 0);
  assert.equal((await store(home, 'quay.io', 'a-password')).status, 0);
  const podman = join(home.directory, '.config/containers/auth.json');
  const auths = { [host]: { auth: btoa(`robot:${robots}`) } };
  await home.write(podman, JSON.stringify({ auths, credHelpers: { [host]: 'openshift' } }));
  const { status, stdout, stderr } = await home.run('renew', '');
  assert.deepEqual([status, stderr], [0, '']);
  assert.match(stdout, /: good, as robot, /);
  assert.doesNotMatch(stdout, /quay\.io/);
  assert.deepEqual(JSON.parse(readFileSync(podman, 'utf8')).auths, {});
});
