import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fingerprintOf } from '../../src/files/sign-outs.ts';
import { createExecPlugin } from '../support/exec-plugin.ts';
import { helperPrograms } from '../support/helper-program.ts';
import { kubeconfig } from '../support/kubeconfig-entries.ts';
import { OFF_NETWORK } from '../support/off-network.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { helperHome, homeAtSandbox, loggedIn } from './helper-home.ts';
import { makeOld, SECRET, store } from './storing.ts';

const HOST = 'registry.ci.openshift.org';
const APP_CI = 'https://api.ci.l2s4.p1.openshiftapps.com:6443';

for (const program of helperPrograms) {
  test(`${program.name}: a plugin of a context that nobody chose is run by nothing, though the catalogue knows its cluster`, async (t) => {
    const home = helperHome(t, program, OFF_NETWORK);
    const plugin = createExecPlugin(home.directory, { status: { token: 'of-the-plugin' } });
    const write = (current: object) =>
      home.write(
        home.kubeconfigFile,
        kubeconfig({
          clusters: [{ name: 'ci', cluster: { server: APP_CI } }],
          users: [{ name: 'robot', user: { exec: plugin.entry() } }],
          contexts: [{ name: 'sent', context: { cluster: 'ci', user: 'robot' } }],
          ...current,
        }),
      );
    await write({});
    await home.write(home.configFile, '{"secrets":"file"}');
    const { token, said } = await home.get(HOST);
    assert.equal(token, undefined);
    assert.match(
      said,
      /context sent has its token from the plugin \S+, which is not run before you choose that context/,
    );
    assert.match(said, new RegExp(`Run: docker-credential-openshift setup ${HOST} --context sent$`));
    await store(home, HOST, SECRET);
    await home.run('erase', HOST);
    for (const command of [
      ['renew', HOST],
      ['status', HOST, '--check'],
      ['doctor', HOST],
      ['setup', '--dry-run'],
      ['logout', HOST, '--revoke', '--yes'],
    ])
      await home.run(command, '');
    assert.deepEqual(await plugin.calls(), []);

    // Whoever makes it current, or has it linked to the host, has chosen it.
    const other = 'quay-proxy.ci.openshift.org';
    await home.write(
      home.configFile,
      JSON.stringify({ registries: { [other]: { server: APP_CI, user: 'robot' } } }),
    );
    await home.get(other);
    assert.equal((await plugin.calls()).length, 1);
  });

  test(`${program.name}: a plugin's token is answered only where the variables that it goes by are as they were`, async (t) => {
    const sandbox = await runningSandbox(t);
    const of = (user: string) => ({ token: sandbox.issueOAuthToken({ user }) });
    const [alice, bob] = [of('alice'), of('bob')];
    const home = helperHome(t, program);
    const plugin = createExecPlugin(home.directory, { status: alice });
    await home.write(home.kubeconfigFile, sandbox.kubeconfig({ exec: plugin.entry() }));
    const tokenFor = async (AWS_PROFILE: string) =>
      (await home.get(sandbox.registryHost, { env: { ...home.env, AWS_PROFILE } })).token;
    assert.equal(await tokenFor('alice'), fingerprintOf(alice.token));
    await plugin.answer(bob);
    assert.equal(await tokenFor('bob'), fingerprintOf(bob.token));
    assert.equal(await tokenFor('alice'), fingerprintOf(alice.token));
  });

  test(`${program.name}: the end that a plugin does not tell is none that is relied on while nobody can be asked`, async (t) => {
    const sandbox = await runningSandbox(t);
    const token = sandbox.issueOAuthToken({ user: 'alice' });
    for (const expirationTimestamp of [undefined, new Date(Date.now() + 3_600_000).toISOString()]) {
      const home = await loggedIn(t, program, sandbox);
      const status = expirationTimestamp === undefined ? { token } : { token, expirationTimestamp };
      const plugin = createExecPlugin(home.directory, { status });
      await home.write(home.kubeconfigFile, sandbox.kubeconfig({ exec: plugin.entry() }));
      const entry = { server: sandbox.apiUrl };
      await home.write(home.configFile, JSON.stringify({ registries: { [sandbox.registryHost]: entry } }));
      await sandbox.close('api');
      await sandbox.close('registry');
      const isRelied = expirationTimestamp !== undefined;
      assert.equal((await home.get(sandbox.registryHost)).token, isRelied ? fingerprintOf(token) : undefined);
      await sandbox.reopen('api');
      await sandbox.reopen('registry');
    }
  });

  test(`${program.name}: the cluster's word on the end of a plugin's token is relied on`, async (t) => {
    const { sandbox, home } = await homeAtSandbox(t, program);
    const token = sandbox.issueOAuthToken({ user: 'alice' });
    const plugin = createExecPlugin(home.directory, { status: { token } });
    await home.write(home.kubeconfigFile, sandbox.kubeconfig({ exec: plugin.entry() }));
    assert.equal((await home.get(sandbox.registryHost)).token, fingerprintOf(token));
    await sandbox.close('api');
    await sandbox.close('registry');
    makeOld(home, sandbox.registryHost);
    assert.equal((await home.get(sandbox.registryHost)).token, fingerprintOf(token));
  });
}
