import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fingerprintOf } from '../../src/files/sign-outs.ts';
import { ocEntryNames } from '../sandbox/kubeconfig.ts';
import { compiledHelper, helperPrograms } from '../support/helper-program.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { helperHome, homeAtSandbox, linkedHome, loggedIn } from './helper-home.ts';
import { loginCommandOf } from './login-command-of.ts';

for (const program of helperPrograms) {
  test(`${program.name}: who logs in lifts nobody else's sign-out`, async (t) => {
    const { sandbox, home, host } = await linkedHome(t, program);
    assert.equal((await home.run(['logout', host], '')).status, 0);
    const bob = sandbox.issueOAuthToken({ user: 'bob' });
    const { status, stdout, stderr } = await home.run(['login', host, '--token-stdin'], bob);
    assert.equal(status, 1, stderr);
    assert.match(stdout, /^Logged in to \S+ as bob/);
    assert.doesNotMatch(stdout, /good, as/);
    const untouched = `${host}: left as it was: it gets the token of alice/`;
    assert.ok(stderr.includes(untouched), stderr);
    assert.match(stderr, /setup \S+ --context \S+\/bob\n/);
    assert.equal((await home.get(host)).token, undefined);
  });

  test(`${program.name}: to renew one person's login as another is no success`, async (t) => {
    const { sandbox, home } = await homeAtSandbox(t, program);
    sandbox.expire(home.token);
    const [context = ''] = loginCommandOf(sandbox).split(' ').slice(-1);
    const bob = sandbox.issueOAuthToken({ user: 'bob' });
    const { status, stdout, stderr } = await home.run(['login', context, '--token-stdin'], bob);
    assert.equal(status, 1, stderr);
    assert.match(stdout, /^Logged in to \S+ as bob/);
    assert.match(
      stderr,
      /^You logged in as bob; the login of context \S+ \(alice\/\S+\) is as it was before \[another-person\]\. /m,
    );
    assert.ok(stderr.trim().endsWith(loginCommandOf(sandbox)), stderr);
    assert.ok(readFileSync(home.kubeconfigFile, 'utf8').includes(home.token));
  });

  test(`${program.name}: a token that opens no image takes no other's place`, async (t) => {
    const { sandbox, home } = await homeAtSandbox(t, program);
    const token = sandbox.issueOAuthToken({ user: 'alice', scopes: ['user:info'] });
    const { status, stdout, stderr } = await home.run(['login', '--token-stdin'], token);
    assert.deepEqual([status, stdout], [1, '']);
    assert.match(
      stderr,
      /^That token of alice is of a scope that opens no image: nothing was changed \[scope-without-images\]\. /,
    );
    assert.equal(readFileSync(home.kubeconfigFile, 'utf8'), sandbox.kubeconfig({ token: home.token }));
  });
}

test('a context whose user entry another cluster has too is fixed by the command that login names', async (t) => {
  const { sandbox, home } = await homeAtSandbox(t, compiledHelper);
  const { registryHost: host, apiUrl: server, caFile } = sandbox;
  await home.write(home.configFile, JSON.stringify({ registries: { [host]: { server } } }));
  const kubeconfig = {
    clusters: [
      { name: 'here', cluster: { server, 'certificate-authority': caFile } },
      { name: 'there', cluster: { server: 'https://api.example.com:6443' } },
    ],
    users: [{ name: 'dev', user: { token: home.token } }],
    contexts: [
      { name: 'c', context: { cluster: 'here', user: 'dev' } },
      { name: 'd', context: { cluster: 'there', user: 'dev' } },
    ],
    'current-context': 'c',
  };
  await home.write(home.kubeconfigFile, JSON.stringify(kubeconfig));
  sandbox.expire(home.token);
  const before = await home.run('get', host);
  assert.ok(before.stderr.endsWith(' Run: docker-credential-openshift login c\n'), before.stderr);
  const { status, stderr } = await home.run(
    ['login', 'c', '-u', 'alice', '--password-stdin'],
    'alice-password',
  );
  assert.equal(status, 1, stderr);
  assert.match(stderr, /its user entry dev is that of context d, too, which is on another cluster;/);
  const entry = / Run: oc config set-context c --user=(\S+)\n/.exec(stderr)?.[1];
  assert.ok(entry?.startsWith('alice/'), stderr);
  const after = JSON.parse(readFileSync(home.kubeconfigFile, 'utf8')) as typeof kubeconfig;
  assert.deepEqual(after.contexts.slice(0, 2), kubeconfig.contexts);
  assert.deepEqual(after.users[0], kubeconfig.users[0]);
  // What the command does.
  const contexts = after.contexts.map((each) =>
    each.name === 'c' ? { ...each, context: { ...each.context, user: entry } } : each,
  );
  await home.write(home.kubeconfigFile, JSON.stringify({ ...after, contexts }));
  assert.equal((await home.get(host)).username, 'alice');
});

test('a host that the config gives something else gets no login, and that is told before one', async (t) => {
  const { sandbox, home, host } = await homeAtSandbox(t, compiledHelper);
  for (const [settings, said] of [
    [{ anonymous: true }, 'gets no login: your config says that it is asked anonymously'],
    [{ server: sandbox.apiUrl, tokenFile: '/run/token' }, 'gets the token in /run/token, and no login'],
  ] as const) {
    await home.write(home.configFile, JSON.stringify({ registries: { [host]: settings } }));
    sandbox.clearRequests();
    const { status, stderr } = await home.run(['login', host, '-u', 'alice', '--password-stdin'], 'x');
    assert.equal(status, 1);
    assert.ok(stderr.startsWith(`${host} ${said}`), stderr);
    assert.equal(sandbox.requests.length, 0);
  }
});

test('a host that a service account answers for says so, and a token is read from the first line that holds one', async (t) => {
  const { sandbox, home, host } = await linkedHome(t, compiledHelper, { serviceAccount: 'ci/puller' });
  const command = `oc login --token=${home.token} --server=${sandbox.apiUrl}`;
  const { stdout, stderr } = await home.run(['login', host, '--token-stdin'], `\n\r\n${command}\n`);
  assert.match(stdout, /^Logged in to \S+ as alice/);
  const note = `${host} gets a token of the service account ci/puller. Your login mints it, `;
  assert.ok(stderr.startsWith(note), stderr);
});

test('the token that another user entry holds is not revoked, and that entry is named', async (t) => {
  const sandbox = await runningSandbox(t);
  const token = sandbox.issueOAuthToken({ user: 'alice' });
  const home = await loggedIn(t, compiledHelper, sandbox, token);
  const extra = { users: [{ name: 'other', user: { token } }] };
  await home.write(home.kubeconfigFile, sandbox.kubeconfig({ token, extra }));
  const args = ['login', '-u', 'alice', '--password-stdin', '--revoke-old'];
  const { status, stderr } = await home.run(args, 'alice-password');
  assert.equal(status, 1);
  assert.match(
    stderr,
    /^The token before it was kept, because the user entry other of the kubeconfig uses it\.\n/m,
  );
});

test("a token that can't be ended from here, and one that is given again, are told to go on", async (t) => {
  const sandbox = await runningSandbox(t, { mode: 'okd-3.11' });
  const home = await loggedIn(t, compiledHelper, sandbox, sandbox.issueOpaqueToken('alice'));
  const next = sandbox.issueOpaqueToken('alice');
  const args = ['login', '--token-stdin', '--revoke-old'];
  const first = await home.run(args, next);
  assert.equal(first.status, 1, first.stdout);
  assert.match(
    first.stderr,
    /^The token before it can't be revoked from here, and goes on until it ends\.\n/m,
  );
  const text = readFileSync(home.kubeconfigFile, 'utf8');
  const again = await home.run(args, next);
  assert.equal(again.status, 1, again.stdout);
  assert.match(again.stderr, /The token before it is the one that you gave: it was not revoked\.\n/);
  assert.equal(readFileSync(home.kubeconfigFile, 'utf8'), text);
});

test('the token of an entry that somebody named themselves is known when it is given again', async (t) => {
  const sandbox = await runningSandbox(t);
  const home = helperHome(t, compiledHelper);
  const token = sandbox.issueOAuthToken({ user: 'alice' });
  const cluster = { server: sandbox.apiUrl, 'certificate-authority': sandbox.caFile };
  const text = JSON.stringify({
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'dev', user: { token } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'dev' } }],
    'current-context': 'x',
  });
  await home.write(home.kubeconfigFile, text);
  const { status, stdout, stderr } = await home.run(['login', 'x', '--token-stdin'], token);
  assert.equal(status, 0, stderr);
  assert.match(stdout, /\(context x\)/);
  assert.equal(readFileSync(home.kubeconfigFile, 'utf8'), text);
});

test('oc logout, then oc login as another: that login answers, and every command names it', async (t) => {
  const { sandbox, home, host } = await homeAtSandbox(t, compiledHelper);
  assert.equal((await home.run(['setup', host, '--yes'], '')).status, 0);
  assert.equal((await home.get(host)).username, 'alice');
  // What oc 4.22 leaves: the user entry without its token, and the new login's context as the current one.
  const bob = sandbox.issueOAuthToken({ user: 'bob' });
  const { cluster, user, context } = ocEntryNames(sandbox.apiUrl, 'bob', 'bob-ns');
  const extra = {
    users: [{ name: user, user: { token: bob } }],
    contexts: [{ name: context, context: { cluster, user, namespace: 'bob-ns' } }],
  };
  const text = sandbox.kubeconfig({ extra }).replace(/^current-context: .*$/m, `current-context: ${context}`);
  await home.write(home.kubeconfigFile, text);
  assert.deepEqual(await home.get(host), { token: fingerprintOf(bob), username: 'bob', said: '' });
  const { stdout } = await home.run(['status', '--json'], '');
  const [told] = JSON.parse(stdout).hosts;
  assert.deepEqual([told.state, told.user], ['good', 'bob'], stdout);
  const doctor = await home.run(['doctor', host, '--verbose'], '');
  assert.doesNotMatch(doctor.stdout, /alice/);
  assert.match(doctor.stdout, /bob/);
});
