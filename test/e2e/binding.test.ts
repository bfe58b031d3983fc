import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fingerprintOf } from '../../src/files/sign-outs.ts';
import { helperPrograms } from '../support/helper-program.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { startConnectProxy } from '../support/test-proxy.ts';
import { anonymous } from './answer-of.ts';
import { bindByConfig, helperHome, homeAtSandbox, loggedIn } from './helper-home.ts';

for (const program of helperPrograms) {
  test(`${program.name}: a cluster's word binds its registry to the current context, and no other host`, async (t) => {
    const sandbox = await runningSandbox(t, { publicHostname: '127.0.0.1:5999' });
    const home = await loggedIn(t, program, sandbox);
    assert.equal((await home.get('127.0.0.1:5999')).token, fingerprintOf(home.token));
    for (const host of ['127.0.0.1', '127.0.0.1:59990', '127.0.0.1.evil.example.com', sandbox.registryHost]) {
      assert.deepEqual(await home.get(host), anonymous(), host);
    }
  });

  test(`${program.name}: a word on a name that lies under no domain of the cluster links nothing`, async (t) => {
    for (const publicHostname of ['registry.apps.example.com', '127.0.0.2:5000']) {
      const sandbox = await runningSandbox(t, { publicHostname });
      const home = await loggedIn(t, program, sandbox);
      assert.deepEqual(await home.get(publicHostname), anonymous());
      assert.deepEqual(sandbox.requests, []);
    }
  });

  test(`${program.name}: under the domain of the API it does, on any port, also where it is reached by a proxy`, async (t) => {
    const publicHostname = 'registry.apps.example.test:5000';
    const sandbox = await runningSandbox(t, { publicHostname, registryHostNames: ['api.example.test'] });
    const proxy = await startConnectProxy(t);
    const home = await loggedIn(t, program, sandbox);
    const kubeconfig = sandbox
      .kubeconfig({ token: home.token })
      .replace('https://127.0.0.1', 'https://api.example.test')
      .replace('server: ', `proxy-url: http://127.0.0.1:${proxy.port}\n    server: `);
    await home.write(home.kubeconfigFile, kubeconfig);
    assert.equal((await home.get(publicHostname)).token, fingerprintOf(home.token));
    assert.deepEqual(await home.get('registry.apps.example.org:5000'), anonymous());
  });

  test(`${program.name}: a host that looks like a cluster's own is asked about, and never sent a token`, async (t) => {
    const sandbox = await runningSandbox(t, { publicHostname: null });
    const lookAlike = await runningSandbox(t);
    const home = await loggedIn(t, program, sandbox);
    for (const host of [
      lookAlike.registryHost,
      'localhost:5000',
      'default-route-openshift-image-registry.apps.x',
    ]) {
      assert.deepEqual(await home.get(host), anonymous(), host);
    }
    assert.deepEqual(lookAlike.requests, []);
  });

  test(`${program.name}: no cluster's word counts for a public registry or the internal name`, async (t) => {
    for (const publicHostname of [
      'quay.io',
      'image-registry.openshift-image-registry.svc:5000',
      'image-registry.openshift-image-registry.svc',
      'lscr.io',
    ]) {
      const sandbox = await runningSandbox(t, { publicHostname });
      const home = await loggedIn(t, program, sandbox);
      assert.equal((await home.get(publicHostname)).token, undefined);
      assert.deepEqual(sandbox.requests, []);
    }
  });

  test(`${program.name}: a host of the catalogue gets no token of another cluster, whatever that claims`, async (t) => {
    for (const host of [
      'registry.ci.openshift.org',
      'registry.ci.openshift.org.',
      'Registry.ci.openshift.org.:443',
    ]) {
      const sandbox = await runningSandbox(t, { publicHostname: host });
      const home = await loggedIn(t, program, sandbox);
      assert.deepEqual(
        await home.get(host),
        anonymous(
          'No login to app.ci in the kubeconfig [no-login]. Run: docker-credential-openshift login https://api.ci.l2s4.p1.openshiftapps.com:6443',
        ),
      );
      assert.deepEqual(sandbox.requests, []);
    }
  });

  test(`${program.name}: two clusters that claim one host are both named, and neither's token is given`, async (t) => {
    const publicHostname = '127.0.0.1:5999';
    const [a, b] = [await runningSandbox(t, { publicHostname }), await runningSandbox(t, { publicHostname })];
    const home = await loggedIn(t, program, a);
    assert.equal((await home.get(publicHostname)).token, fingerprintOf(home.token));
    const tokenOfB = b.issueOAuthToken({ user: 'bob' });
    const ofB = `${home.directory}/of-b`;
    await home.write(ofB, b.kubeconfig({ token: tokenOfB, user: 'bob' }));
    const getWith = (KUBECONFIG: string) => home.get(publicHostname, { env: { ...home.env, KUBECONFIG } });
    assert.deepEqual(
      await getWith(`${ofB}:${home.kubeconfigFile}`),
      anonymous(
        `${b.apiUrl} and ${a.apiUrl} both claim ${publicHostname}, and nothing says which one it is of [claimed-by-two]. Run: docker-credential-openshift setup ${publicHostname} --context ${b.kubeconfig({ token: tokenOfB, user: 'bob' }).match(/current-context: (\S+)/)?.[1]}`,
      ),
    );
    // A cluster that left the kubeconfig claims nothing any more.
    assert.equal((await getWith(ofB)).token, fingerprintOf(tokenOfB));
  });

  test(`${program.name}: the word of a cluster whose certificate is not verified binds nothing`, async (t) => {
    const { sandbox, home } = await homeAtSandbox(t, program);
    const insecure = sandbox
      .kubeconfig({ token: home.token })
      .replace(/certificate-authority: .*/, 'insecure-skip-tls-verify: true');
    await home.write(home.kubeconfigFile, insecure);
    assert.deepEqual(await home.get(sandbox.registryHost), anonymous());
    assert.deepEqual(sandbox.requests, []);
    await bindByConfig(home, sandbox);
    assert.deepEqual(await home.get(sandbox.registryHost), {
      token: fingerprintOf(home.token),
      username: 'alice',
      said: `Warning: The certificate of ${sandbox.apiUrl} is not verified (insecure-skip-tls-verify in the kubeconfig) [certificate-not-verified]`,
    });
  });

  test(`${program.name}: the config binds a host to one user's login, also where that is not current`, async (t) => {
    const sandbox = await runningSandbox(t);
    const other = await runningSandbox(t);
    const home = await loggedIn(t, program, sandbox);
    await bindByConfig(home, sandbox);
    const elsewhere = `${home.directory}/elsewhere`;
    await home.write(
      elsewhere,
      other.kubeconfig({ token: other.issueOAuthToken({ user: 'bob' }), user: 'bob' }),
    );
    const env = { ...home.env, KUBECONFIG: `${elsewhere}:${home.kubeconfigFile}` };
    assert.equal((await home.get(sandbox.registryHost, { env })).token, fingerprintOf(home.token));
    assert.deepEqual(other.requests, []);
  });

  test(`${program.name}: a config that is broken is told with its place, and nothing is sent anywhere`, async (t) => {
    const { sandbox, home } = await homeAtSandbox(t, program);
    await home.write(home.configFile, `registries:\n  ${sandbox.registryHost}: { anonimous: true }\n`);
    const { token: answered, said } = await home.get(sandbox.registryHost);
    assert.equal(answered, undefined);
    assert.match(
      said,
      /config\.yaml:2:\d+: unknown key "anonimous"; did you mean `anonymous`\? \[config-broken\]$/,
    );
    await home.write(home.configFile, 'registries: [');
    assert.match((await home.get(sandbox.registryHost)).said, /config\.yaml:1:\d+: /);
    assert.deepEqual(sandbox.requests, []);
  });

  test(`${program.name}: a closed registry of the catalogue says where its images went`, async (t) => {
    const home = helperHome(t, program);
    assert.match((await home.get('registry.svc.ci.openshift.org')).said, /was decommissioned.* QCI/);
    assert.match(
      (await home.get('registry.core.ci.openshift.org')).said,
      /link the two: docker-credential-openshift setup/,
    );
  });
}
