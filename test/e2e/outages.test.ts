import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fingerprintOf } from '../../src/files/sign-outs.ts';
import { type Fault, PROMPT_FAULTS, STALLS } from '../sandbox/http/faults.ts';
import { helperPrograms } from '../support/helper-program.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { anonymous } from './answer-of.ts';
import { bindByConfig, type HelperHome, loggedIn } from './helper-home.ts';

const ANSWERS: readonly Fault[] = [...PROMPT_FAULTS, { redirect: 'https://127.0.0.1:1/elsewhere' }];
const name = (fault: Fault) => (typeof fault === 'object' ? 'redirect' : String(fault));

/** Lets the cached answer become old enough to be checked again. */
function makeDue(home: HelperHome, host: string): void {
  home.editCached(host, (record) => {
    record.checkedAt.wallMs -= 5 * 60_000;
  });
}

for (const program of helperPrograms) {
  for (const servers of [['api'], ['registry'], ['api', 'registry']] as const) {
    test(`${program.name}: whatever is wrong with ${servers.join(' and ')}, there is one of the two answers in time`, async (t) => {
      const check = async (fault: Fault): Promise<void> => {
        const sandbox = await runningSandbox(t);
        const home = await loggedIn(t, program, sandbox);
        await bindByConfig(home, sandbox);
        for (const server of servers) sandbox.setFault(server, fault);
        const { token: answered, said } = await home.get(sandbox.registryHost);
        // A registry that is never asked, or that decides for an API that is away, leaves the token good.
        const isGood =
          servers.length === 1 && (servers[0] === 'registry' || (fault !== 401 && fault !== 403));
        assert.equal(answered, isGood ? fingerprintOf(home.token) : undefined, name(fault));
        if (!isGood)
          assert.match(
            said,
            /Run: docker-credential-openshift login |, so pulls from .* go on anonymously \[token-unchecked\]$/,
            name(fault),
          );
        // Of a host that is nobody's nothing is said, and the token goes nowhere.
        assert.deepEqual(await home.get('registry.example.com'), anonymous(), name(fault));
      };
      // Together: they are waited for. A machine of two cores does not start a dozen processes in time.
      await Promise.all(STALLS.map(check));
      for (const fault of ANSWERS) await check(fault);
    });
  }

  test(`${program.name}: with the API away, the registry decides`, async (t) => {
    const sandbox = await runningSandbox(t);
    const home = await loggedIn(t, program, sandbox);
    const { registryHost } = sandbox;
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
    const sandbox = await runningSandbox(t);
    const home = await loggedIn(t, program, sandbox);
    const { registryHost } = sandbox;
    assert.equal((await home.get(registryHost)).token, fingerprintOf(home.token));
    await sandbox.close('api');
    await sandbox.close('registry');
    makeDue(home, registryHost);
    assert.equal((await home.get(registryHost)).token, fingerprintOf(home.token));
  });

  test(`${program.name}: with API and registry away, a token of which nothing is known is not`, async (t) => {
    const sandbox = await runningSandbox(t);
    const home = await loggedIn(t, program, sandbox);
    await bindByConfig(home, sandbox);
    await sandbox.close('api');
    await sandbox.close('registry');
    const { token: answered, said } = await home.get(sandbox.registryHost);
    assert.equal(answered, undefined);
    assert.match(said, /\(connection refused\)/);
  });

  test(`${program.name}: a cached credential serves through an outage without any request`, async (t) => {
    const sandbox = await runningSandbox(t);
    const home = await loggedIn(t, program, sandbox);
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

  test(`${program.name}: a CA that is missing or another's is told, and counts again once it is mended`, async (t) => {
    const sandbox = await runningSandbox(t);
    const home = await loggedIn(t, program, sandbox);
    await bindByConfig(home, sandbox);
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
