import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fingerprintOf } from '../../src/files/sign-outs.ts';
import { compiledHelper } from '../support/helper-program.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { type HelperHome, helperHome, loggedIn } from './helper-home.ts';
import { answered, makeOld, store } from './storing.ts';

const FILES = { secrets: 'file' };

/** What is written down of the login that is stored for a host. */
function recordOf({ directory }: HelperHome, host: string): { boundTo?: string } {
  const path = join(directory, '.local/state/docker-credential-openshift/stored');
  return JSON.parse(readFileSync(join(path, `${encodeURIComponent(host)}.json`), 'utf8')).login;
}

test('a login that was typed while its cluster could not be asked is checked there as soon as it can be', async (t) => {
  const sandbox = await runningSandbox(t);
  const home = await loggedIn(t, compiledHelper, sandbox, undefined, { SSL_CERT_FILE: sandbox.caFile });
  await home.write(home.configFile, JSON.stringify(FILES));
  const host = sandbox.registryHost;
  const robots = sandbox.issueOAuthToken({ user: 'robot', lifeSeconds: 7200 });
  await sandbox.close('api');
  assert.equal((await store(home, host, robots)).status, 0);
  assert.equal(recordOf(home, host).boundTo, undefined);
  await sandbox.reopen('api');
  // What was found out of reach is left alone for 30 s.
  await home.run(['renew', host], '');
  assert.deepEqual(await home.get(host), answered(robots));
  assert.equal(recordOf(home, host).boundTo, sandbox.apiUrl);

  sandbox.revoke(robots);
  makeOld(home, host);
  const { token, said } = await home.get(host);
  assert.equal(token, fingerprintOf(home.token));
  assert.match(said, /^Warning: The login of robot stored for .* (?:was refused|is not accepted by)/);
});

test('one that was typed before `oc login` is checked by the cluster that calls the host its own, once there is a login', async (t) => {
  const sandbox = await runningSandbox(t);
  const home = helperHome(t, compiledHelper, { SSL_CERT_FILE: sandbox.caFile });
  await home.write(home.configFile, JSON.stringify(FILES));
  const host = sandbox.registryHost;
  const robots = sandbox.issueOAuthToken({ user: 'robot', lifeSeconds: 7200 });
  assert.equal((await store(home, host, robots)).status, 0);
  const own = sandbox.issueOAuthToken({ user: 'alice' });
  await home.write(home.kubeconfigFile, sandbox.kubeconfig({ token: own }));
  assert.deepEqual(await home.get(host), answered(robots));
  assert.equal(recordOf(home, host).boundTo, sandbox.apiUrl);
  sandbox.revoke(robots);
  makeOld(home, host);
  assert.equal((await home.get(host)).token, fingerprintOf(own));
});

test('a login that was stored for one cluster is sent to no other that the host is linked to later', async (t) => {
  const [before, after] = [await runningSandbox(t), await runningSandbox(t)];
  const home = await loggedIn(t, compiledHelper, after);
  const host = after.registryHost;
  const bind = (server: string) =>
    home.write(home.configFile, JSON.stringify({ ...FILES, registries: { [host]: { server } } }));
  await bind(before.apiUrl);
  const robots = before.issueOAuthToken({ user: 'robot' });
  assert.equal((await store(home, host, robots)).status, 0);
  assert.equal(recordOf(home, host).boundTo, before.apiUrl);
  await bind(after.apiUrl);
  after.clearRequests();
  const { token, said } = await home.get(host);
  assert.equal(token, fingerprintOf(home.token));
  assert.match(
    said,
    /^Warning: The login of robot stored for \S+ is for \S+, and the host is linked to \S+ now \[typed-for-another\]\. Run docker login /,
  );
  assert.ok(!JSON.stringify(after.requests).includes(robots));
  assert.equal(after.requests.length > 0, true);
});
