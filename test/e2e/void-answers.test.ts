import assert from 'node:assert/strict';
import { renameSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fingerprintOf } from '../../src/files/sign-outs.ts';
import { helperPrograms } from '../support/helper-program.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { anonymous } from './answer-of.ts';
import { bindByConfig, homeAtSandbox, loggedIn } from './helper-home.ts';

for (const program of helperPrograms) {
  test(`${program.name}: a new login counts at once`, async (t) => {
    const { sandbox, home } = await homeAtSandbox(t, program);
    assert.equal((await home.get(sandbox.registryHost)).token, fingerprintOf(home.token));
    const token = sandbox.issueOAuthToken({ user: 'alice' });
    await home.write(home.kubeconfigFile, sandbox.kubeconfig({ token }));
    assert.equal((await home.get(sandbox.registryHost)).token, fingerprintOf(token));
  });

  test(`${program.name}: a kubeconfig of the same size and time, put in the other's place, counts at once`, async (t) => {
    const { sandbox, home } = await homeAtSandbox(t, program);
    utimesSync(home.kubeconfigFile, 1_000_000, 1_000_000);
    assert.equal((await home.get(sandbox.registryHost)).token, fingerprintOf(home.token));
    const token = sandbox.issueOAuthToken({ user: 'alice' });
    const next = `${home.kubeconfigFile}.next`;
    await home.write(next, sandbox.kubeconfig({ token }));
    utimesSync(next, 1_000_000, 1_000_000);
    renameSync(next, home.kubeconfigFile);
    assert.equal((await home.get(sandbox.registryHost)).token, fingerprintOf(token));
  });

  test(`${program.name}: a kubeconfig that goes takes its answer with it, and brings it when it comes`, async (t) => {
    const { sandbox, home } = await homeAtSandbox(t, program);
    assert.equal((await home.get(sandbox.registryHost)).token, fingerprintOf(home.token));
    rmSync(home.kubeconfigFile);
    assert.deepEqual(await home.get(sandbox.registryHost), anonymous());
    assert.deepEqual(await home.get(sandbox.registryHost), anonymous());
    await home.write(home.kubeconfigFile, sandbox.kubeconfig({ token: home.token }));
    assert.equal((await home.get(sandbox.registryHost)).token, fingerprintOf(home.token));
  });

  test(`${program.name}: a config that appears, changes or goes counts at once`, async (t) => {
    const { sandbox, home } = await homeAtSandbox(t, program);
    assert.equal((await home.get(sandbox.registryHost)).token, fingerprintOf(home.token));
    await bindByConfig(home, sandbox, { anonymous: true });
    assert.deepEqual(await home.get(sandbox.registryHost), anonymous());
    await bindByConfig(home, sandbox, { user: 'bob' });
    assert.match((await home.get(sandbox.registryHost)).said, /^No login of bob to /);
    rmSync(home.configFile);
    assert.equal((await home.get(sandbox.registryHost)).token, fingerprintOf(home.token));
  });

  test(`${program.name}: another HOME, KUBECONFIG or config file is another answer`, async (t) => {
    const { sandbox, home } = await homeAtSandbox(t, program);
    const other = sandbox.issueOAuthToken({ user: 'bob' });
    const otherFile = join(home.directory, 'other/.kube/config');
    await home.write(otherFile, sandbox.kubeconfig({ token: other, user: 'bob', namespace: 'openshift' }));
    await home.write(join(home.directory, 'mine.yaml'), '{ registries: {} }');
    const get = async (env: Record<string, string>) =>
      (await home.get(sandbox.registryHost, { env: { ...home.env, ...env } })).token;
    // One cache for all of them, so that each could meet the answer of another.
    const XDG_CACHE_HOME = join(home.directory, '.cache');
    for (const [env, token] of [
      [{}, home.token],
      [{ KUBECONFIG: otherFile }, other],
      [{ HOME: join(home.directory, 'other'), XDG_CACHE_HOME }, other],
      [{ KUBECONFIG: `${home.kubeconfigFile}:${otherFile}` }, home.token],
      [{ KUBECONFIG: '/nowhere' }, undefined],
      [{ DOCKER_CREDENTIAL_OPENSHIFT_CONFIG: join(home.directory, 'mine.yaml') }, home.token],
    ] as const) {
      sandbox.clearRequests();
      assert.equal(await get(env), token && fingerprintOf(token), JSON.stringify(env));
      assert.equal(
        sandbox.requests.length > 0,
        token !== undefined,
        'the answer of another environment was given',
      );
    }
  });

  test(`${program.name}: a relative KUBECONFIG means another file in every directory`, async (t) => {
    const { sandbox, home } = await homeAtSandbox(t, program);
    const env = { ...home.env, KUBECONFIG: 'kubeconfig' };
    const tokens = ['a', 'b'].map(() => sandbox.issueOAuthToken({ user: 'alice' }));
    for (const [index, name] of ['a', 'b'].entries()) {
      const token = tokens[index] ?? '';
      await home.write(join(home.directory, name, 'kubeconfig'), sandbox.kubeconfig({ token }));
    }
    for (const [index, name] of ['a', 'b'].entries()) {
      const { token: answered } = await home.get(sandbox.registryHost, {
        env,
        cwd: join(home.directory, name),
      });
      assert.equal(answered, fingerprintOf(tokens[index] ?? ''));
    }
    assert.deepEqual(await home.get(sandbox.registryHost, { env }), anonymous());
  });

  test(`${program.name}: docker logout signs this very token out, until there is another or it is stored again`, async (t) => {
    const { sandbox, home, host } = await homeAtSandbox(t, program);
    assert.equal((await home.get(host)).token, fingerprintOf(home.token));
    assert.deepEqual(await home.run('list', 'unused').then(({ stdout }) => JSON.parse(stdout)), {
      [host]: 'alice-',
    });
    for (const spelling of [host, `http://${host}`, `https://${host}`]) {
      const { status, stdout, stderr } = await home.run('erase', spelling);
      assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: '', stderr: '' });
    }
    const signedOut = await home.get(host);
    assert.equal(signedOut.token, undefined);
    assert.match(
      signedOut.said,
      /^You signed out of .* \[token-signed-out\]\. Run: docker-credential-openshift login /,
    );
    assert.deepEqual(await home.run('list', 'unused').then(({ stdout }) => JSON.parse(stdout)), {});
    assert.equal((await home.get('other.example.com')).said, '');

    const credential = JSON.stringify({ ServerURL: host, Username: 'unused', Secret: home.token });
    assert.equal((await home.run('store', credential)).status, 0);
    assert.equal((await home.get(host)).token, fingerprintOf(home.token));

    await home.run('erase', host);
    assert.equal((await home.get(host)).token, undefined);
    const token = sandbox.issueOAuthToken({ user: 'alice' });
    await home.write(home.kubeconfigFile, sandbox.kubeconfig({ token }));
    assert.equal((await home.get(host)).token, fingerprintOf(token));
  });

  test(`${program.name}: a service account is only forgotten by docker logout, as CI jobs end with one`, async (t) => {
    const sandbox = await runningSandbox(t);
    const token = sandbox.issueServiceAccountToken({ namespace: 'alice-ns', name: 'puller' });
    const home = await loggedIn(t, program, sandbox, token);
    assert.equal((await home.get(sandbox.registryHost)).token, fingerprintOf(token));
    assert.equal((await home.run('erase', sandbox.registryHost)).status, 0);
    assert.equal(home.cached(sandbox.registryHost), undefined);
    assert.equal((await home.get(sandbox.registryHost)).token, fingerprintOf(token));
  });

  test(`${program.name}: a cached credential that is no JSON any more is not told by another spelling of its host`, async (t) => {
    const { sandbox, home, host } = await homeAtSandbox(t, program);
    await home.get(host);
    home.editReady(host, (text) => text.replace(/^out \{/m, 'out '));
    sandbox.clearRequests();
    assert.equal((await home.get(`https://${host}`)).token, fingerprintOf(home.token));
    assert.equal(sandbox.requests.length, 1);
  });

  test(`${program.name}: what lies in the cache but is not ours, or is torn, counts for nothing`, async (t) => {
    const { sandbox, home, host: registryHost } = await homeAtSandbox(t, program);
    const spoil: (() => void)[] = [
      () => home.editReady(registryHost, (text) => text.replace(/^host .*$/m, 'host other.example.com')),
      () => home.editReady(registryHost, (text) => text.replace(/^answer 0$/m, 'answer 7')),
      () => home.editReady(registryHost, (text) => text.replace(/^source /m, 'origin ')),
      () => home.editReady(registryHost, (text) => text.replace(/^environment .*$/m, 'environment')),
      () => home.editReady(registryHost, (text) => text.slice(0, -3)),
    ];
    for (const change of spoil) {
      await home.get(registryHost);
      change();
      sandbox.clearRequests();
      assert.equal((await home.get(registryHost)).token, fingerprintOf(home.token), String(change));
      assert.equal(sandbox.requests.length, 1);
    }
  });
}
