import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fingerprintOf } from '../../src/files/sign-outs.ts';
import { helperPrograms } from '../support/helper-program.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { bindByConfig, type HelperHome, homeAtSandbox, linkedHome, loggedIn } from './helper-home.ts';

/** Lets the cached answer become old enough to be checked again. */
function makeDue(home: HelperHome, host: string): void {
  home.editCached(host, (record) => {
    record.checkedAt.wallMs -= 5 * 60_000;
  });
}

for (const program of helperPrograms) {
  test(`${program.name}: with the API away, the registry decides`, async (t) => {
    const { sandbox, home, host: registryHost } = await homeAtSandbox(t, program);
    assert.equal((await home.get(registryHost)).token, fingerprintOf(home.token));
    await sandbox.close('api');
    makeDue(home, registryHost);
    sandbox.clearRequests();
    assert.deepEqual(await home.get(registryHost), {
      token: fingerprintOf(home.token),
      username: 'alice',
      said: '',
    });
    assert.deepEqual(
      sandbox.requests.map(({ server, path }) => [server, path]),
      [['registry', '/openshift/token']],
    );
    sandbox.expire(home.token);
    makeDue(home, registryHost);
    const { token: answered, said } = await home.get(registryHost);
    assert.equal(answered, undefined);
    assert.match(
      said,
      /^Your login to .* could not be checked \(connection refused\), so pulls from .* go on anonymously \[token-unchecked\]$/,
    );
  });

  test(`${program.name}: with API and registry away, a token whose end is known to lie ahead is answered`, async (t) => {
    const { sandbox, home, host: registryHost } = await homeAtSandbox(t, program);
    assert.equal((await home.get(registryHost)).token, fingerprintOf(home.token));
    await sandbox.close('api');
    await sandbox.close('registry');
    makeDue(home, registryHost);
    assert.equal((await home.get(registryHost)).token, fingerprintOf(home.token));
  });

  test(`${program.name}: with API and registry away, a token of which nothing is known is not`, async (t) => {
    const { sandbox, home } = await linkedHome(t, program);
    await sandbox.close('api');
    await sandbox.close('registry');
    const { token: answered, said } = await home.get(sandbox.registryHost);
    assert.equal(answered, undefined);
    assert.match(said, /\(connection refused\)/);
  });

  test(`${program.name}: a cached credential serves through an outage without any request`, async (t) => {
    const { sandbox, home } = await homeAtSandbox(t, program);
    assert.equal((await home.get(sandbox.registryHost)).token, fingerprintOf(home.token));
    await sandbox.close('api');
    assert.equal((await home.get(sandbox.registryHost)).token, fingerprintOf(home.token));
  });

  test(`${program.name}: a redirect takes the token nowhere`, async (t) => {
    const sandbox = await runningSandbox(t);
    const other = await runningSandbox(t);
    const home = await loggedIn(t, program, sandbox);
    await bindByConfig(home, sandbox);
    for (const server of ['api', 'registry'] as const) sandbox.setFault(server, { redirect: other.apiUrl });
    assert.equal((await home.get(sandbox.registryHost)).token, undefined);
    assert.deepEqual(other.requests, []);
  });

  test(`${program.name}: a CA that is missing or another's is told, and counts again once it is fixed`, async (t) => {
    const { sandbox, home } = await linkedHome(t, program);
    const good = sandbox.kubeconfig({ token: home.token });
    await home.write(home.kubeconfigFile, good.replace(sandbox.caFile, '/nowhere/ca.crt'));
    assert.match(
      (await home.get(sandbox.registryHost)).said,
      /the certificate authority \/nowhere\/ca\.crt is not there/,
    );
    await home.write(home.kubeconfigFile, good);
    assert.equal((await home.get(sandbox.registryHost)).token, fingerprintOf(home.token));
    assert.equal(sandbox.requests.length, 1);
  });
}
