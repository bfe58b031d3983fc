import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createExecPlugin } from '../support/exec-plugin.ts';
import { compiledHelper, helperPrograms } from '../support/helper-program.ts';
import { startLogin } from '../support/running-login.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { bindByConfig, helperHome, loggedIn } from './helper-home.ts';

const DAY = 86_400;

for (const program of helperPrograms) {
  test(`${program.name}: each cluster whose login ends soon has its turn, and one that fails stops no other`, async (t) => {
    const soon = await runningSandbox(t);
    const over = await runningSandbox(t);
    const later = await runningSandbox(t);
    const home = helperHome(t, program);
    const files = await Promise.all(
      (
        [
          [soon, soon.issueOAuthToken({ user: 'alice', lifeSeconds: 30 * DAY, createdSecondsAgo: 27 * DAY })],
          [over, over.issueOAuthToken({ user: 'alice', lifeSeconds: DAY, createdSecondsAgo: 2 * DAY })],
          [later, later.issueOAuthToken({ user: 'alice', lifeSeconds: 30 * DAY })],
        ] as const
      ).map(async ([sandbox, token], index) => {
        const file = `${home.directory}/${index}.kubeconfig`;
        await home.write(file, sandbox.kubeconfig({ token }));
        return file;
      }),
    );
    const env = { ...home.env, KUBECONFIG: files.join(':') };
    // The first can't be logged in to; the second waits for its browser.
    soon.setEndpointFault('oauth-metadata', 'plain-http');
    const login = startLogin(t, program, { env, args: ['--all-expiring', '--no-browser'] });
    const url = await login.url;
    assert.ok(url.startsWith(over.oauthUrl));
    const token = over.issueOAuthToken({ user: 'alice' });
    login.type(token);
    const { status, stdout, stderr } = await login.ended;
    assert.equal(status, 1);
    assert.match(stderr, /^1 of 2: your login to \S+ \(context \S+\) ends in [23] days\.\n/);
    assert.match(stderr, /\n2 of 2: your login to \S+ \(context \S+\) has expired or was revoked\.\n/);
    assert.match(stdout, /^Logged in to \S+ as alice/);
    assert.equal(later.oauth.authorizations.length, 0);
  });

  test(`${program.name}: where no login ends, that is said`, async (t) => {
    const sandbox = await runningSandbox(t);
    const token = sandbox.issueOAuthToken({ user: 'alice', lifeSeconds: 30 * DAY });
    const home = await loggedIn(t, program, sandbox, token);
    const { status, stdout } = await home.run(['login', '--all-expiring'], '');
    assert.deepEqual([status, stdout], [0, 'No login ends soon: there is nothing to do.\n']);
    const ofADay = await loggedIn(t, program, sandbox);
    assert.equal((await ofADay.run(['login', '--all-expiring'], '')).status, 0);
    await sandbox.close('api');
    const unknown = await home.run(['login', '--all-expiring'], '');
    assert.equal(unknown.status, 1);
    assert.match(
      unknown.stderr,
      /could not be asked when the login ends\. If it has expired, run: docker-credential-openshift login alice-ns\//,
    );
  });

  test(`${program.name}: a plugin that needs a person, and a host that nobody is logged in for, have their turn`, async (t) => {
    const sandbox = await runningSandbox(t);
    const home = helperHome(t, program);
    const token = sandbox.issueOAuthToken({ user: 'alice' });
    const expirationTimestamp = new Date(Date.now() + 3_600_000).toISOString();
    const made = createExecPlugin(home.directory, { status: { token, expirationTimestamp } });
    const exec = made.entry({ interactiveMode: 'Always' });
    await home.write(home.kubeconfigFile, sandbox.kubeconfig({ exec }));
    await bindByConfig(home, sandbox);
    const { status, stdout, stderr } = await home.run(['login', '--all-expiring'], '');
    assert.match(
      stderr,
      /^1 of 1: your login to \S+ \(context \S+\) gives no token: The exec plugin \S+ needs /,
    );
    assert.match(stdout, /^Logged in to \S+ as alice, for 1 hour \(by /);
    assert.equal(status, 0);
    assert.equal(
      (await home.run(['login', '--all-expiring'], '')).stdout,
      'No login ends soon: there is nothing to do.\n',
    );
    await bindByConfig(home, sandbox, { user: 'bob' });
    sandbox.setEndpointFault('authorize', 503);
    const bobs = await home.run(['login', '--all-expiring', '--no-browser'], '');
    assert.equal(bobs.status, 1);
    assert.match(bobs.stderr, /^1 of 1: \S+: No login of bob to \S+ in the kubeconfig\.\n/);
    assert.match(
      bobs.stderr,
      /\nThe OAuth server \S+ answered 503 to a login by browser \[oauth-server-unavailable\]\. /,
    );
  });
}

test('on OKD 3.11 a login that is accepted is left alone, and a browser is not waited for', async (t) => {
  const sandbox = await runningSandbox(t, { mode: 'okd-3.11' });
  const home = await loggedIn(t, compiledHelper, sandbox, sandbox.issueOpaqueToken('alice'));
  const { status, stdout, stderr } = await home.run(['login', '--all-expiring'], '');
  assert.deepEqual([status, stderr], [0, '']);
  assert.match(
    stdout,
    / accepts your login \(context \S+\), and does not tell when it ends\.\nNo login is known /,
  );
  const browsers = await home.run(['login', '--no-browser'], '');
  assert.equal(browsers.status, 1);
  assert.match(
    browsers.stderr,
    /\(unauthorized_client\).*\[no-browser-login\]\..* login --username USER alice-ns\//,
  );
});
