import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { compiledHelper, helperPrograms } from '../support/helper-program.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { bindByConfig, helperHome, homeAtSandbox, linkedHome, loggedIn } from './helper-home.ts';

const ALICE = ['login', '--username', 'alice', '--password-stdin'];

for (const program of helperPrograms) {
  test(`${program.name}: the right password logs in, and every host of the cluster is renewed at once`, async (t) => {
    const { sandbox, home } = await linkedHome(t, program);
    sandbox.expire(home.token);
    assert.equal((await home.get(sandbox.registryHost)).token, undefined);
    const { status, stdout, stderr } = await home.run(ALICE, 'alice-password\n');
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^Logged in to \S+ as alice, for 1 day \(context \S+\)\.\n/);
    assert.ok(stdout.endsWith(`${sandbox.registryHost}: good, as alice, ends in 23 hours\n`), stdout);
    const [issued] = sandbox.oauth.tokens;
    assert.equal(
      readFileSync(home.kubeconfigFile, 'utf8'),
      sandbox.kubeconfig({ token: String(issued?.token) }),
    );
    assert.equal((await home.get(sandbox.registryHost)).username, 'alice');
  });

  test(`${program.name}: a wrong password is told in the server's words, and changes nothing`, async (t) => {
    const { sandbox, home } = await homeAtSandbox(t, program);
    const { status, stdout, stderr } = await home.run(ALICE, 'hunter2-wrong\n');
    assert.deepEqual([status, stdout], [1, '']);
    assert.match(
      stderr,
      /^Login failed \(401 Unauthorized\) at https:\S+ \[login-failed\]\. Look at the user name and the password/,
    );
    assert.doesNotMatch(stderr, /hunter2/);
    assert.equal(readFileSync(home.kubeconfigFile, 'utf8'), sandbox.kubeconfig({ token: home.token }));
  });
}

test('a cluster whose providers take no passwords sends to the browser', async (t) => {
  const sandbox = await runningSandbox(t, { identityProviders: [{ name: 'github', kind: 'redirect' }] });
  const home = await loggedIn(t, compiledHelper, sandbox);
  const { status, stderr } = await home.run(ALICE, 'alice-password\n');
  assert.equal(status, 1);
  assert.match(stderr, /takes no passwords from programs: .*\. Log in by the browser/);
});

test('kube:admin logs in by either of its names, and may pull', async (t) => {
  for (const name of ['kubeadmin', 'kube:admin']) {
    const sandbox = await runningSandbox(t, { kubeAdmin: true });
    const home = helperHome(t, compiledHelper);
    const args = [
      'login',
      sandbox.apiUrl,
      '-u',
      name,
      '--password-stdin',
      '--certificate-authority',
      sandbox.caFile,
    ];
    const { status, stdout, stderr } = await home.run(args, 'kubeadmin-password');
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^Logged in to \S+ as kube:admin, /);
    await bindByConfig(home, sandbox, { user: 'kube:admin' });
    assert.equal((await home.get(sandbox.registryHost)).username, 'kube-admin');
  }
});

test('a host that was signed out is signed in again, by erase or by logout', async (t) => {
  const { sandbox, home, host } = await linkedHome(t, compiledHelper);
  const signOuts = [() => home.run('erase', host), () => home.run(['logout', host], '')];
  for (const signOut of signOuts) {
    await signOut();
    assert.equal((await home.get(sandbox.registryHost)).token, undefined);
    assert.equal((await home.run(ALICE, 'alice-password')).status, 0);
    assert.equal((await home.get(sandbox.registryHost)).username, 'alice');
  }
});

test('the token that is replaced is revoked if that is asked for', async (t) => {
  const { sandbox, home } = await homeAtSandbox(t, compiledHelper);
  const { status, stdout } = await home.run([...ALICE, '--revoke-old'], 'alice-password');
  assert.equal(status, 0);
  assert.match(stdout, /\nThe token before it was revoked\.\n/);
  const left = sandbox.cluster.credentials.oauthTokens().map(({ value }) => value);
  assert.deepEqual(left, [sandbox.oauth.tokens[0]?.token]);
});

test('a new cluster gets the entries that oc would write, and becomes current where none was', async (t) => {
  const sandbox = await runningSandbox(t);
  const home = helperHome(t, compiledHelper);
  const args = ['login', sandbox.apiUrl, '-u', 'alice', '--password-stdin'];
  const untrusted = await home.run(args, 'alice-password');
  assert.equal(untrusted.status, 1);
  assert.match(
    untrusted.stderr,
    /certificate is not trusted \[api-unreachable\]\. Give the file of its authority: docker-credential-openshift login -u alice --password-stdin --certificate-authority FILE /,
  );
  const { status, stderr } = await home.run(
    [...args, '--certificate-authority', sandbox.caFile],
    'alice-password',
  );
  assert.equal(status, 0, stderr);
  const text = readFileSync(home.kubeconfigFile, 'utf8');
  const cluster = sandbox.apiUrl.replace('https://', '').replaceAll('.', '-');
  assert.ok(text.includes(`current-context: alice-ns/${cluster}/alice`), 'the context');
  assert.ok(text.includes(`name: alice/${cluster}`), 'the user');
});

test('an authority that is given verifies the cluster from then on, also one that was not verified before', async (t) => {
  const sandbox = await runningSandbox(t);
  const home = helperHome(t, compiledHelper);
  const cluster = { name: 'c', cluster: { server: sandbox.apiUrl, 'insecure-skip-tls-verify': true } };
  const context = { name: 'work', context: { cluster: 'c', user: 'alice' } };
  const config = { clusters: [cluster], contexts: [context], 'current-context': 'work' };
  await home.write(home.kubeconfigFile, `# mine\n${JSON.stringify(config)}\n`);
  const unverified = await home.run(ALICE, 'alice-password');
  assert.equal(unverified.status, 0, unverified.stderr);
  assert.match(unverified.stderr, /^Warning: context work does not verify the certificate of https:/);
  const args = [...ALICE, '--certificate-authority', sandbox.caFile];
  const { status, stderr } = await home.run(args, 'alice-password');
  assert.equal(status, 0, stderr);
  assert.doesNotMatch(stderr, /does not verify/);
  const text = readFileSync(home.kubeconfigFile, 'utf8');
  assert.match(text, /^# mine\n/);
  assert.doesNotMatch(text, /insecure-skip-tls-verify/);
  assert.ok(text.includes(Buffer.from(sandbox.caPem).toString('base64')));
});

test('a login that never ends is told as one, and so is what its registry gets', async (t) => {
  const { sandbox, home } = await linkedHome(t, compiledHelper);
  const token = sandbox.issueOAuthToken({ user: 'alice', lifeSeconds: 0 });
  const { status, stdout, stderr } = await home.run(['login', '--token-stdin'], token);
  assert.equal(status, 0, stderr);
  assert.match(stdout, /^Logged in to \S+ as alice, without an end /);
  assert.ok(stdout.endsWith(`${sandbox.registryHost}: good, as alice, without an end\n`), stdout);
});
