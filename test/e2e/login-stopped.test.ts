import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { lacksTerminal, startAtATerminal } from '../support/at-a-terminal.ts';
import { createExecPlugin } from '../support/exec-plugin.ts';
import { hasEnded } from '../support/has-ended.ts';
import { compiledHelper, helperPrograms } from '../support/helper-program.ts';
import { startLogin } from '../support/running-login.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { visitAsPerson } from '../support/visit-as-person.ts';
import { helperHome, homeAtSandbox } from './helper-home.ts';

for (const program of helperPrograms) {
  test(`${program.name}: Ctrl-C ends the wait for a token or a password on stdin`, async (t) => {
    const sandbox = await runningSandbox(t);
    const home = helperHome(t, program);
    const cluster = { name: 'c', cluster: { server: sandbox.apiUrl, 'insecure-skip-tls-verify': true } };
    const context = { name: 'work', context: { cluster: 'c', user: 'alice' } };
    const text = JSON.stringify({ clusters: [cluster], contexts: [context], 'current-context': 'work' });
    await home.write(home.kubeconfigFile, text);
    for (const args of [['--token-stdin'], ['-u', 'alice', '--password-stdin']]) {
      const login = startLogin(t, program, { env: home.env, args });
      // What is said last before stdin is read.
      await login.says('does not verify');
      login.signal('SIGINT');
      const { status, stdout, stderr } = await login.ended;
      assert.deepEqual([status, stdout], [130, ''], args.join(' '));
      assert.match(stderr, /\nStopped \[interrupted\]\n$/);
    }
    assert.equal(readFileSync(home.kubeconfigFile, 'utf8'), text);
  });

  test(`${program.name}: Ctrl-C ends the questions of --all-expiring`, async (t) => {
    const { sandbox, home } = await homeAtSandbox(t, program);
    sandbox.setEndpointFault('useroauthaccesstokens', 'stall');
    const login = startLogin(t, program, { env: home.env, args: ['--all-expiring'] });
    await sandbox.received('useroauthaccesstokens');
    login.signal('SIGINT');
    const { status, stdout, stderr } = await login.ended;
    assert.deepEqual([status, stdout, stderr], [130, '', 'Stopped [interrupted]\n']);
  });
}

test('Ctrl-C while the old token is revoked says that the login is kept', async (t) => {
  const { sandbox, home } = await homeAtSandbox(t, compiledHelper);
  sandbox.setEndpointFault('revocation', 'stall');
  const args = ['-u', 'alice', '--password-stdin', '--revoke-old'];
  const login = startLogin(t, compiledHelper, { env: home.env, args });
  login.type('alice-password');
  await sandbox.received('revocation');
  login.signal('SIGINT');
  const { status, stdout, stderr } = await login.ended;
  assert.equal(status, 130, stderr);
  assert.match(stdout, /^Logged in to /);
  assert.match(
    stderr,
    /^Stopped\. The login is kept; whether the token before it was revoked is not known \[interrupted\]\. /m,
  );
});

test('a signal that ends login ends the plugin that it runs', async (t) => {
  const sandbox = await runningSandbox(t);
  const home = helperHome(t, compiledHelper);
  const status = { token: sandbox.issueOAuthToken({ user: 'alice' }) };
  const plugin = createExecPlugin(home.directory, { status, behaviour: 'hangs' });
  await home.write(home.kubeconfigFile, sandbox.kubeconfig({ exec: plugin.entry() }));
  const login = startLogin(t, compiledHelper, { env: home.env });
  try {
    const [call] = await plugin.called();
    login.signal('SIGINT');
    assert.equal((await login.ended).status, 130);
    assert.ok(await hasEnded(Number(call?.pid)));
  } finally {
    await plugin.stop();
  }
});

test('a second Ctrl-C at the terminal waits no more for a token that is still on its way', {
  skip: lacksTerminal,
}, async (t) => {
  const { sandbox, home } = await homeAtSandbox(t, compiledHelper);
  sandbox.setEndpointFault('oauth-token', 'stall');
  const login = startAtATerminal(t, [...compiledHelper.command, 'login', '--no-browser'], home.env);
  const url = await login.says('where to log in', () =>
    login.printed().stdout.includes('Ctrl-C stops')
      ? /https:\/\/\S+\/oauth\/authorize\?\S+/.exec(login.printed().stdout)?.[0]
      : undefined,
  );
  login.type(`${(await visitAsPerson(url, sandbox, 'alice')).href}\n`);
  await sandbox.received('oauth-token');
  // Two that come before the program runs again are one to it: a person goes on until it ends.
  const impatient = setInterval(() => login.type('\u0003'), 20);
  t.after(() => clearInterval(impatient));
  const { status, stdout } = await login.ended;
  clearInterval(impatient);
  assert.equal(status, 130, stdout);
  // Which is said by who waited for it.
  assert.doesNotMatch(stdout, /could not be revoked/);
});
