import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { compiledHelper, helperPrograms } from '../support/helper-program.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { bindByConfig, type HelperHome, helperHome, linkedHome, loggedIn } from './helper-home.ts';

const DAY_SECONDS = 86_400;

/** What `status --json` says of the only host. */
async function hostIn(
  home: HelperHome,
  ...args: string[]
): Promise<Record<string, unknown> & { status: number }> {
  const { status, stdout, stderr } = await home.run(['status', '--json', ...args], '');
  assert.doesNotMatch(stdout + stderr, /sha256~|eyJ[\w-]{8}/);
  const { hosts } = JSON.parse(stdout);
  assert.equal(hosts.length, 1, stdout);
  return { ...hosts[0], status };
}

for (const program of helperPrograms) {
  test(`${program.name}: before anything was set up, a person is told what to do`, async (t) => {
    const { status, stdout, stderr } = await helperHome(t, program).run('status', '');
    assert.deepEqual(
      [status, stdout, stderr],
      [0, 'No registry host is linked yet. Run: docker-credential-openshift setup\n', ''],
    );
  });

  test(`${program.name}: a login is told with its end once it was asked about, and no cluster is asked`, async (t) => {
    const sandbox = await runningSandbox(t);
    const token = sandbox.issueOAuthToken({ user: 'alice', lifeSeconds: 30 * DAY_SECONDS });
    const home = await loggedIn(t, program, sandbox, token);
    await bindByConfig(home, sandbox);
    const before = await hostIn(home);
    assert.deepEqual([before.state, before.user, before.renewal], ['unknown', 'alice', 'login']);
    await home.get(sandbox.registryHost);
    sandbox.clearRequests();
    const after = await hostIn(home);
    assert.deepEqual([after.state, after.lifeSeconds, after.status], ['good', 30 * DAY_SECONDS, 0]);
    assert.ok(Number(after.secondsLeft) > 29 * DAY_SECONDS);
    assert.deepEqual(sandbox.requests, []);
    const { stdout } = await home.run('status', '');
    assert.match(
      stdout,
      /^HOST .*\n127\.0\.0\.1:\d+ +\S+ +alice +by login +29 days left +(?:just now|.* ago)\n$/,
    );
  });

  test(`${program.name}: what login says of the host is what status says after it, without asking again`, async (t) => {
    const sandbox = await runningSandbox(t);
    const ended = sandbox.issueOAuthToken({ user: 'alice', lifeSeconds: -60 });
    const home = await loggedIn(t, program, sandbox, ended);
    await bindByConfig(home, sandbox);
    await home.get(sandbox.registryHost);
    assert.equal((await hostIn(home)).state, 'none');
    const token = sandbox.issueOAuthToken({ user: 'alice', lifeSeconds: 30 * DAY_SECONDS });
    const { status, stdout, stderr } = await home.run(
      ['login', sandbox.registryHost, '--token-stdin'],
      token,
    );
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^127\.0\.0\.1:\d+: good, as alice, ends in 29 days$/m);
    sandbox.clearRequests();
    const after = await hostIn(home);
    assert.deepEqual([after.state, after.user, after.lifeSeconds], ['good', 'alice', 30 * DAY_SECONDS]);
    assert.deepEqual(sandbox.requests, []);
  });

  test(`${program.name}: --check asks, and fails where there is no good token`, async (t) => {
    const { sandbox, home } = await linkedHome(t, program);
    assert.deepEqual(
      [(await hostIn(home, '--check')).state, (await hostIn(home, '--check')).status],
      ['good', 0],
    );
    sandbox.revoke(home.token);
    const { state, status, problem } = await hostIn(home, '--check');
    assert.deepEqual([state, status], ['none', 1]);
    assert.match(String(problem), /(?:was refused|is not accepted by)/);
    // What the check found is kept.
    assert.equal((await hostIn(home)).state, 'none');
  });
}

const program = compiledHelper;

test('a login that ended is told with the command, and a new one is not blamed for it', async (t) => {
  const sandbox = await runningSandbox(t);
  const dead = sandbox.issueOAuthToken({ user: 'alice', createdSecondsAgo: 25 * 3600 });
  const home = await loggedIn(t, program, sandbox, dead);
  await bindByConfig(home, sandbox);
  await home.get(sandbox.registryHost);
  const { state, command } = await hostIn(home);
  assert.equal(state, 'none');
  assert.match(String(command), / login /);
  await home.write(
    home.kubeconfigFile,
    sandbox.kubeconfig({ token: sandbox.issueOAuthToken({ user: 'alice' }) }),
  );
  assert.equal((await hostIn(home)).state, 'unknown');
});

test('a minted token is told with its account and when it was had', async (t) => {
  const { sandbox, home } = await linkedHome(t, program, { serviceAccount: 'alice-ns/puller' });
  assert.equal((await hostIn(home)).state, 'unknown');
  await home.get(sandbox.registryHost);
  const { state, user, renewal, lifeSeconds, renewedAt } = await hostIn(home);
  assert.deepEqual([state, user, renewal], ['good', 'alice-ns/puller', 'itself']);
  assert.ok(Math.abs(Number(lifeSeconds) - 8 * 3600) <= 2);
  assert.ok(Date.now() - Date.parse(String(renewedAt)) < 60_000);
});

test('whoever signed out is told so, by either way', async (t) => {
  const { sandbox, home } = await linkedHome(t, program);
  await home.run('erase', sandbox.registryHost);
  for (const check of [[], ['--check']]) {
    const erased = await hostIn(home, ...check);
    assert.deepEqual([erased.state, erased.status], ['signed-out', 0]);
  }
  await home.run(['logout', sandbox.registryHost], '');
  const { state, command, status } = await hostIn(home, '--check');
  assert.deepEqual([state, status], ['signed-out', 0]);
  assert.match(String(command), /^docker-credential-openshift login /);
});

test('a host that an engine asks for is listed, a broken config is told, and nothing drives the terminal', async (t) => {
  const home = helperHome(t, program);
  await home.write(
    join(home.directory, '.docker/config.json'),
    '{"credHelpers":{"r.example.com":"openshift"}}',
  );
  const asked = await hostIn(home);
  assert.deepEqual([asked.host, asked.state], ['r.example.com', 'none']);
  assert.equal(asked.command, 'docker-credential-openshift setup r.example.com');
  await home.write(home.configFile, 'registries:\n  b.example.com:\n    srver: x\n');
  const { status, stdout, stderr } = await home.run('status', '');
  assert.equal(status, 0);
  assert.match(stderr, /config\.yaml:3:5: unknown key/);
  assert.match(stdout, /b\.example\.com +- +- +- +no good token/);
  assert.match(stdout, /\n {2}Run: docker-credential-openshift doctor b\.example\.com\n/);
  const broken = JSON.parse((await home.run(['status', '--json', 'b.example.com'], '')).stdout).hosts[0];
  assert.match(broken.problem, /config\.yaml:3:5: unknown key/);
  assert.equal(broken.command, 'docker-credential-openshift doctor b.example.com');
  await home.write(home.configFile, 'registries: [');
  assert.equal((await home.run(['status', '--check'], '')).status, 1);
});
