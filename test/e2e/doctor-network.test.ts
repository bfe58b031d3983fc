import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { newMeta, objectKey } from '../sandbox/cluster/objects.ts';
import { helperPrograms } from '../support/helper-program.ts';
import { askedInTime, saysLate } from '../support/in-time.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { findingsOf, installEngine } from './doctor-findings.ts';
import { bindByConfig, helperHome, linkedHome, loggedIn } from './helper-home.ts';

for (const program of helperPrograms) {
  test(`${program.name}: doctor tells what a user may do with an image, and what opens it`, async (t) => {
    const { sandbox, home } = await linkedHome(t, program);
    const about = async (image: string, check: string) =>
      (await findingsOf(home, [`${sandbox.registryHost}/${image}`], check)).map(({ status, fix }) => [
        status,
        fix,
      ]);
    assert.deepEqual(await about('alice-ns/private', 'image-pull'), [
      ['ok', null],
      ['ok', null],
    ]);
    assert.deepEqual(await about('alice-ns/private', 'image-push'), [['ok', null]]);
    assert.deepEqual(await about('bob-ns/secret', 'image-pull'), [
      ['problem', 'oc policy add-role-to-user system:image-puller alice -n bob-ns'],
    ]);
    assert.deepEqual(await about('public-ns/public', 'image-push'), [
      ['note', 'oc policy add-role-to-user system:image-builder alice -n public-ns'],
    ]);
    const grant = 'oc policy add-role-to-group system:image-puller system:authenticated -n guest-ns';
    assert.deepEqual(await about('guest-ns/open', 'image-pull'), [['problem', grant]]);
    assert.equal((await about('public-ns/public:nope', 'image-pull'))[0]?.[0], 'problem');
    assert.deepEqual(await about('public-ns/nope', 'image-pull'), [
      ['problem', 'oc get imagestreams -n public-ns'],
    ]);
    // What doctor advises is enough.
    const binding = {
      name: 'everybody',
      namespace: 'guest-ns',
      role: 'system:image-puller',
      subjects: [{ kind: 'Group', name: 'system:authenticated' }],
    } as const;
    const { cluster } = sandbox;
    cluster.bindings.set(objectKey(binding), { ...newMeta(cluster, binding.name), ...binding });
    assert.deepEqual(await about('guest-ns/open', 'image-pull'), [
      ['ok', null],
      ['ok', null],
    ]);
  });

  test(`${program.name}: the report for a bug tracker does not say who the cluster says that one is`, async (t) => {
    const sandbox = await runningSandbox(t);
    const token = sandbox.issueOAuthToken({ user: 'zelda.fitz' });
    const home = await loggedIn(t, program, sandbox, token);
    await home.write(home.kubeconfigFile, sandbox.kubeconfig({ token, user: 'work' }));
    await home.write(
      home.configFile,
      JSON.stringify({ registries: { [sandbox.registryHost]: { server: sandbox.apiUrl } } }),
    );
    const image = `${sandbox.registryHost}/bob-ns/secret`;
    const [told] = await findingsOf(home, [image], 'image-pull');
    assert.match(told?.fix ?? '', / zelda\.fitz /);
    const file = join(home.directory, 'report.md');
    const bundle = async () => {
      await home.run(['doctor', image, '--bundle', file], '');
      return readFileSync(file, 'utf8');
    };
    const report = await askedInTime(bundle, saysLate);
    assert.match(report, /add-role-to-user system:image-puller user-\d+ -n bob-ns/);
    assert.doesNotMatch(report, /zelda/);
  });

  test(`${program.name}: doctor tells what became of a login, in the words of get`, async (t) => {
    const { sandbox, home, host } = await linkedHome(t, program);
    const told = async () =>
      (await findingsOf(home, [host], 'login')).map(({ status, why }) => `${status}: ${why}`);
    assert.match(
      (await told())[0] ?? '',
      /^ok: \S+ gets the token of alice at \S+, which expires in 23 hours$/,
    );
    assert.deepEqual(
      (await findingsOf(home, [host], 'registry-login')).map(({ status }) => status),
      ['ok'],
    );
    sandbox.expire(home.token);
    const [dead] = await findingsOf(home, [host], 'login');
    assert.match(dead?.why ?? '', /(?:was refused|is not accepted by)|was revoked/);
    assert.match(dead?.fix ?? '', /^docker-credential-openshift login /);
    await home.write(
      home.kubeconfigFile,
      sandbox.kubeconfig({ token: sandbox.issueOAuthToken({ user: 'alice', scopes: ['user:info'] }) }),
    );
    assert.match((await told())[0] ?? '', /^problem: Your token for \S+ is of a scope that opens no image$/);
    const clientCertificate = await sandbox.issueClientCertificate('alice');
    await home.write(home.kubeconfigFile, sandbox.kubeconfig({ clientCertificate }));
    assert.match((await told())[0] ?? '', /^problem: .* has a client certificate, which opens no registry/);
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: '/nowhere/plugin',
      interactiveMode: 'Never',
    };
    await home.write(home.kubeconfigFile, sandbox.kubeconfig({ exec }));
    assert.match((await told())[0] ?? '', /^problem: .*\/nowhere\/plugin/);
  });

  test(`${program.name}: an image that the registry could not get from another is not told to be absent`, async (t) => {
    const { sandbox, home } = await linkedHome(t, program);
    const cause = 'Get "https://source.example.com/v2/": x509: certificate signed by unknown authority';
    for (const isImported of [true, false]) {
      sandbox.images.putElsewhere('public-ns/public', 'elsewhere', { fault: cause, isImported });
      const image = `${sandbox.registryHost}/public-ns/public:elsewhere`;
      const [told] = await findingsOf(home, [image], 'image-pull');
      assert.deepEqual(
        [told?.status, told?.code, told?.fix],
        ['problem', 'image-not-imported', 'oc describe imagestream public -n public-ns'],
      );
      assert.ok(told?.why.endsWith(cause), told?.why);
    }
  });

  test(`${program.name}: with oauth-apiserver down the OAuth server is at fault, and no login is advised`, async (t) => {
    const { sandbox, home } = await linkedHome(t, program);
    const down = async () =>
      (await findingsOf(home, [sandbox.registryHost])).filter(({ status }) => status === 'problem');
    assert.deepEqual(
      (await down()).filter(({ check }) => check === 'cluster'),
      [],
    );
    sandbox.setOutage({ validationDown: true });
    const told = await down();
    assert.ok(
      told.some(({ code }) => code === 'oauth-down'),
      JSON.stringify(told),
    );
    for (const { fix } of told) assert.doesNotMatch(fix ?? '', /docker-credential-openshift login/);
    const named = (await findingsOf(home, [sandbox.registryHost])).map(({ why }) => why).join('\n');
    assert.doesNotMatch(named, /of openshift\b/);
  });

  test(`${program.name}: doctor tells servers apart that refuse, stall, or are somebody else`, async (t) => {
    const { sandbox, home } = await linkedHome(t, program);
    const about = async (check: string) => {
      const [found] = await findingsOf(home, [sandbox.registryHost], check);
      return `${found?.status}: ${found?.why}`;
    };
    assert.match(await about('cluster'), /^ok: The API server \S+ answers$/);
    assert.match(await about('registry'), /^ok: \S+ answers as an OpenShift registry$/);
    sandbox.setFault('registry', 'html');
    assert.match(await about('registry'), /^problem: \S+ answers, and not as a registry \(\/v2\/: 200\)$/);
    sandbox.setFault('registry', 503);
    assert.match(await about('registry'), /^problem: \S+ answers, and not as a registry \(\/v2\/: 503\)$/);
    sandbox.setFault('api', 'reset');
    assert.match(await about('cluster'), /^problem: .*connection reset$/);
    await sandbox.close('api');
    assert.match(await about('cluster'), /^problem: .*connection refused$/);
    assert.match(await about('login'), /^skipped: .*could not be checked: its cluster can't be asked$/);
    await sandbox.reopen('api');
    sandbox.setFault('api', null);
    // What was found out a moment ago does not count.
    assert.match(await about('cluster'), /^ok/);
    const text = sandbox.kubeconfig({ token: home.token });
    await home.write(home.kubeconfigFile, text.replace(/127\.0\.0\.1(?=:)/, 'nobody.invalid'));
    const entry = { server: sandbox.apiUrl.replace('127.0.0.1', 'nobody.invalid'), user: 'alice' };
    await home.write(home.configFile, JSON.stringify({ registries: { [sandbox.registryHost]: entry } }));
    assert.match(
      await about('cluster'),
      /^problem: .*its name (?:was not found in DNS|could not be looked up)$/,
    );
  });

  test(`${program.name}: doctor names the file that makes an engine trust a registry, and it does`, async (t) => {
    const sandbox = await runningSandbox(t, { separateIngressAuthority: true });
    const home = await loggedIn(t, program, sandbox);
    await bindByConfig(home, sandbox);
    await installEngine(home, 'podman');
    const { registryHost: host } = sandbox;
    const trust = () => findingsOf(home, [host], 'registry-trust');
    const [untrusted] = await trust();
    assert.equal(untrusted?.status, 'problem');
    assert.match(untrusted?.fix ?? '', /&& docker-credential-openshift doctor \S+ --authority /);
    const [registry] = await findingsOf(home, [host], 'registry');
    assert.match(registry?.why ?? '', /its certificate is not trusted$/);
    const file = join(home.directory, `.config/containers/certs.d/${host}/ca.crt`);
    await home.write(file, sandbox.ingressCaPem);
    const [trusted] = await trust();
    assert.deepEqual(
      [trusted?.status, trusted?.why],
      ['ok', `podman trusts the certificate of ${host} (${file})`],
    );
    await home.write(file, sandbox.caPem);
    assert.equal((await trust())[0]?.status, 'problem');
  });

  test(`${program.name}: where the kubeconfig's CA is the registry's, it is what doctor prints, and no cluster is asked`, async (t) => {
    const { sandbox, home } = await linkedHome(t, program);
    const { status, stdout } = await home.run(['doctor', sandbox.registryHost, '--authority'], '');
    assert.deepEqual([status, stdout.trim()], [0, sandbox.caPem.trim()]);
    assert.ok(sandbox.requests.every(({ server }) => server === 'registry'));
  });

  test(`${program.name}: doctor knows QCI's names, and what a console's URL means, with no cluster at all`, async (t) => {
    const home = helperHome(t, program);
    const about = async (word: string) =>
      (await findingsOf(home, [word], 'openshift-ci')).map(({ fix }) => fix);
    assert.deepEqual(await about('registry.svc.ci.openshift.org/ocp/4.18:cli'), [
      'podman pull quay-proxy.ci.openshift.org/openshift/ci:ocp_4.18_cli',
    ]);
    assert.deepEqual(await about('https://console-openshift-console.apps.nowhere.invalid/k8s/ns/team'), [
      'With the names of one of them: podman pull default-route-openshift-image-registry.apps.nowhere.invalid/team/IMAGESTREAM:TAG',
    ]);
  });
}
