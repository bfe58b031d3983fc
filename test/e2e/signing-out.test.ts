import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fingerprintOf } from '../../src/files/sign-outs.ts';
import { compiledHelper, helperPrograms } from '../support/helper-program.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { homeAtSandbox, loggedIn } from './helper-home.ts';

for (const program of helperPrograms) {
  test(`${program.name}: erase leaves nothing of a minted token behind, and the next get has another minted`, async (t) => {
    const { sandbox, home, host } = await homeAtSandbox(t, program);
    const entry = `    server: ${sandbox.apiUrl}\n    serviceAccount: alice-ns/puller\n`;
    await home.write(home.configFile, `registries:\n  ${host}:\n${entry}`);
    const first = await home.get(host);
    assert.equal((await home.run('erase', host)).status, 0);
    assert.deepEqual(readdirSync(join(home.directory, '.cache/docker-credential-openshift/tokens')), []);
    const second = await home.get(host);
    assert.equal(sandbox.mints.length, 2);
    assert.ok(first.token !== undefined && second.token !== undefined && first.token !== second.token);
  });

  test(`${program.name}: whoever signs out of a host before it was ever asked for is signed out`, async (t) => {
    const { home, host } = await homeAtSandbox(t, program);
    assert.equal((await home.run('erase', host)).status, 0);
    const { token, said } = await home.get(host);
    assert.equal(token, undefined);
    assert.match(said, /^You signed out of /);
  });
}

test("docker login with the service account's token of a job's kubeconfig, and docker logout after it, sign no later job out", async (t) => {
  const sandbox = await runningSandbox(t);
  const token = sandbox.issueServiceAccountToken({ namespace: 'alice-ns', name: 'puller' });
  const home = await loggedIn(t, compiledHelper, sandbox, token);
  const host = sandbox.registryHost;
  const login = JSON.stringify({ ServerURL: host, Username: 'job', Secret: token });
  for (const _ of ['once', 'again']) {
    assert.equal((await home.run('store', login)).status, 0);
    assert.equal((await home.run('erase', host)).status, 0);
    assert.equal((await home.get(host)).token, fingerprintOf(token));
  }
});

test("docker logout at the end of a CI job signs out whom its runner's own kubeconfig names, and nobody of the job's", async (t) => {
  const { home, host } = await homeAtSandbox(t, compiledHelper);
  const job = { ...home.env, CI: 'true', KUBECONFIG: home.kubeconfigFile };
  assert.equal((await home.run('erase', host, { env: job })).status, 0);
  assert.equal((await home.get(host, { env: job })).token, fingerprintOf(home.token));
  assert.equal((await home.run('erase', host, { env: { ...home.env, CI: 'true' } })).status, 0);
  assert.equal((await home.get(host)).token, undefined);
});
