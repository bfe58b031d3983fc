import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fingerprintOf } from '../../src/files/sign-outs.ts';
import { compiledHelper, helperPrograms } from '../support/helper-program.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { helperHome } from './helper-home.ts';

/** A home with a login of alice, podman set up for the registry, and a login that `podman login` put before that. */
async function shadowed(t: TestContext, program = compiledHelper, secrets: 'file' | 'keychain' = 'file') {
  const sandbox = await runningSandbox(t);
  const own = sandbox.issueOAuthToken({ user: 'alice' });
  const home = helperHome(t, program);
  await home.write(home.kubeconfigFile, sandbox.kubeconfig({ token: own }));
  const host = sandbox.registryHost;
  const entry = { server: sandbox.apiUrl, user: 'alice' };
  await home.write(home.configFile, JSON.stringify({ secrets, registries: { [host]: entry } }));
  const path = join(home.directory, '.config/containers/auth.json');
  const helpers = { credHelpers: { [host]: 'openshift' } };
  return {
    sandbox,
    home,
    host,
    own,
    path,
    logIn: (secret: string, username = 'puller') => {
      const auth = btoa(`${username}:${secret}`);
      return home.write(path, JSON.stringify({ auths: { [host]: { auth } }, ...helpers }));
    },
    entries: () => Object.keys(JSON.parse(readFileSync(path, 'utf8')).auths),
    renew: () => home.run(['renew', '--all'], ''),
  };
}

for (const program of helperPrograms) {
  test(`${program.name}: a login that was typed is kept by the helper before the timer takes it away`, async (t) => {
    const { sandbox, home, host, logIn, entries, renew } = await shadowed(t, program);
    const robot = sandbox.issueOAuthToken({ user: 'robot' });
    await logIn(robot, 'robot');
    const { status, stdout, stderr } = await renew();
    assert.match(stdout, /the helper keeps the login/);
    assert.deepEqual([status, stderr, entries()], [0, '', []]);
    assert.notEqual(home.cached(host), undefined, 'what was decided with the login is kept');
    assert.equal((await home.get(host)).token, fingerprintOf(robot));
  });
}

test('kube:admin with a token, which engines cut at the colon, is taken over with a name that they send whole', async (t) => {
  const { sandbox, home, host, logIn, entries, renew } = await shadowed(t);
  const admin = sandbox.issueOAuthToken({ user: 'kube:admin' });
  await logIn(admin, 'kube:admin');
  const { status, stderr } = await renew();
  assert.deepEqual([status, stderr, entries()], [0, '', []]);
  const { token, username = '' } = await home.get(host);
  assert.equal(token, fingerprintOf(admin));
  assert.doesNotMatch(username, /:/);
});

test('the own token of a context, and one that the cluster refuses, go without being kept', async (t) => {
  const { home, host, own, logIn, entries, renew, sandbox } = await shadowed(t);
  const revoked = sandbox.issueOAuthToken({ user: 'alice', lifeSeconds: 60, createdSecondsAgo: 120 });
  for (const secret of [own, revoked]) {
    await logIn(secret);
    assert.equal((await renew()).stderr, '');
    assert.deepEqual(entries(), []);
    assert.equal((await home.get(host)).token, fingerprintOf(own));
  }
});

test('a login that the cluster refuses while it can validate none is kept, and not taken for dead', async (t) => {
  const { sandbox, home, host, logIn, entries, renew } = await shadowed(t);
  const robot = sandbox.issueOAuthToken({ user: 'robot' });
  await logIn(robot, 'robot');
  sandbox.setOutage({ validationDown: true });
  await renew();
  sandbox.setOutage({ validationDown: false });
  assert.deepEqual(entries(), []);
  // What the outage made of the answer is over after 30 s.
  home.editCached(host, ({ checkedAt }) => {
    checkedAt.wallMs -= 31_000;
    if (checkedAt.uptimeMs !== null) checkedAt.uptimeMs -= 31_000;
  });
  assert.equal((await home.get(host)).token, fingerprintOf(robot));
});

test("a login that can't be kept stays where it is, and the timer’s log says what to do", async (t) => {
  const { sandbox, path, logIn, entries, renew, host } = await shadowed(t, compiledHelper, 'keychain');
  const robot = sandbox.issueOAuthToken({ user: 'robot' });
  await logIn(robot);
  const { stderr } = await renew();
  assert.ok(
    stderr.startsWith(`${path} holds the login "${host}", which overrides the helper, and stays: `),
    stderr,
  );
  assert.match(stderr, /secrets: file/);
  assert.ok(!stderr.includes(robot));
  assert.deepEqual(entries(), [host]);
});

test('of two logins the one that is kept is not replaced in the background', async (t) => {
  const { sandbox, home, host, logIn, entries, renew } = await shadowed(t);
  const [first, second] = ['one', 'two'].map((user) => sandbox.issueOAuthToken({ user }));
  await logIn(first ?? '');
  await renew();
  await logIn(second ?? '');
  const { stderr } = await renew();
  assert.match(
    stderr,
    /keeps another login .* of puller \[another-login-kept\]\. To use this one, run docker-credential-openshift logout/,
  );
  assert.deepEqual(entries(), [host]);
  assert.equal((await home.get(host)).token, fingerprintOf(first ?? ''));
});

test('whoever signed out stays signed out, whatever lies in a file', async (t) => {
  const { sandbox, home, host, logIn, entries, renew } = await shadowed(t);
  await home.run(['logout', host], '');
  await logIn(sandbox.issueOAuthToken({ user: 'robot' }));
  assert.match((await renew()).stderr, /stays: You signed out of .* by `logout`/);
  assert.deepEqual(entries(), [host]);
  assert.equal((await home.get(host)).token, undefined);
});
