import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fingerprintOf } from '../../src/files/sign-outs.ts';
import { compiledHelper, helperPrograms } from '../support/helper-program.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { bindByConfig, helperHome, linkedHome, loggedIn } from './helper-home.ts';
import { loginCommandOf } from './login-command-of.ts';

const DAY_SECONDS = 86_400;
const program = compiledHelper;

test('`renew` tells the end of a login each time, and takes the announcement from no `get`', async (t) => {
  const sandbox = await runningSandbox(t);
  const token = sandbox.issueOAuthToken({
    user: 'alice',
    lifeSeconds: 30 * DAY_SECONDS,
    createdSecondsAgo: 26.5 * DAY_SECONDS,
  });
  const home = await loggedIn(t, program, sandbox, token);
  await bindByConfig(home, sandbox);
  const { host } = new URL(sandbox.apiUrl);
  const announcement = `Your login to ${host} ends in 3 days [ends-soon]. Run: ${loginCommandOf(sandbox)}`;
  for (let time = 0; time < 2; time++) {
    const { status, stdout, stderr } = await home.run('renew', '');
    assert.equal(status, 0, stderr);
    assert.equal(stdout, `${sandbox.registryHost}: good, as alice, ends in 3 days. ${announcement}\n`);
    assert.equal(stderr, `${announcement}\n`);
  }
  home.editCached(sandbox.registryHost, (record) => {
    record.checkedAt.wallMs -= 5 * 60_000;
  });
  assert.equal((await home.get(sandbox.registryHost)).said, `Warning: ${announcement}`);
});

test('a login that ends when it is not used is left alone, and one that took its place is not', async (t) => {
  const sandbox = await runningSandbox(t);
  const idle = sandbox.issueOAuthToken({ user: 'alice', inactivityTimeoutSeconds: 600 });
  const home = await loggedIn(t, program, sandbox, idle);
  await bindByConfig(home, sandbox);
  assert.equal((await home.get(sandbox.registryHost)).token, fingerprintOf(idle));
  sandbox.clearRequests();
  assert.match((await home.run('renew', '')).stdout, /: left alone: /);
  assert.deepEqual(sandbox.requests, []);
  const token = sandbox.issueOAuthToken({ user: 'alice' });
  await home.write(home.kubeconfigFile, sandbox.kubeconfig({ token }));
  assert.match((await home.run('renew', '')).stdout, /: good, as alice, /);
});

for (const each of helperPrograms) {
  test(`${each.name}: \`renew HOST\` takes the login away that came to stand before the helper, and says so`, async (t) => {
    const { sandbox, home, host } = await linkedHome(t, each);
    const podman = join(home.directory, '.config/containers/auth.json');
    const helpers = { credHelpers: { [host]: 'openshift' } };
    const dead = sandbox.issueOAuthToken({ user: 'alice', createdSecondsAgo: 25 * 3600 });
    const auth = Buffer.from(`alice:${dead}`).toString('base64');
    await home.write(podman, JSON.stringify({ auths: { [`${host}/team`]: { auth } }, ...helpers }));
    const { status, stdout, stderr } = await home.run(['renew', host], '');
    assert.equal(status, 0, stderr);
    assert.match(stdout, /auth\.json: removed the stored login .*\/team.*, which overrode the helper\n/);
    assert.deepEqual(JSON.parse(readFileSync(podman, 'utf8')), { auths: {}, ...helpers });
  });
}

test('a broken config is told, and its hosts are listed', async (t) => {
  const home = helperHome(t, program);
  const problem = `${home.configFile}:3:5: unknown key "srver"; did you mean \`server\`?`;
  await home.write(home.configFile, 'registries:\n  r.example.com:\n    srver: x\n');
  const { status, stdout, stderr } = await home.run('renew', '');
  assert.deepEqual(
    [status, stdout, stderr],
    [1, `r.example.com: ${problem} [config-broken]\n`, `${problem} [config-broken]\n`],
  );
  await home.write(home.configFile, 'registries: [\n');
  const unreadable = await home.run('renew', '');
  assert.deepEqual([unreadable.status, unreadable.stdout], [1, '']);
  assert.match(unreadable.stderr, /config\.yaml:\d+:\d+: /);
});
