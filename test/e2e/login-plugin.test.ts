import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fingerprintOf } from '../../src/files/sign-outs.ts';
import { atATerminal, lacksTerminal } from '../support/at-a-terminal.ts';
import { createExecPlugin } from '../support/exec-plugin.ts';
import { compiledHelper, helperPrograms } from '../support/helper-program.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { bindByConfig, helperHome, homeAtSandbox } from './helper-home.ts';

for (const program of helperPrograms) {
  test(`${program.name}: a plugin that needs a person runs in login, at the terminal, and pulls go on with what it gave`, async (t) => {
    const sandbox = await runningSandbox(t);
    const home = helperHome(t, program);
    const token = sandbox.issueOAuthToken({ user: 'alice' });
    const expirationTimestamp = new Date(Date.now() + 3_600_000).toISOString();
    const plugin = createExecPlugin(home.directory, { status: { token, expirationTimestamp } });
    const text = sandbox.kubeconfig({ exec: plugin.entry({ interactiveMode: 'Always' }) });
    await home.write(home.kubeconfigFile, text);
    await bindByConfig(home, sandbox);
    const { said } = await home.get(sandbox.registryHost);
    assert.match(said, /needs a person at a terminal.*Run: docker-credential-openshift login alice-ns\//);

    const { status, stdout, stderr } = await home.run('login', '');
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^Logged in to \S+ as alice, for 1 hour \(by \S+get-token\)\.\n/);
    assert.match(stdout, /: good, as alice, ends in 59 minutes\n$/);
    assert.equal((await home.get(sandbox.registryHost)).username, 'alice');
    assert.equal(readFileSync(home.kubeconfigFile, 'utf8'), text);
    const [call] = await plugin.calls();
    assert.equal(call?.info?.spec.interactive, true);
    assert.equal((await plugin.calls()).length, 1);
  });
}

test('a plugin that waits for a person costs a pull little and once, and what is said of it is how to log in', async (t) => {
  const sandbox = await runningSandbox(t);
  const home = helperHome(t, compiledHelper);
  const token = sandbox.issueOAuthToken({ user: 'alice' });
  const plugin = createExecPlugin(home.directory, { status: { token }, behaviour: 'waits-for-person' });
  const installHint = 'Please be sure that oc is defined in $PATH to be executed as credential exec plugin';
  await home.write(home.kubeconfigFile, sandbox.kubeconfig({ exec: plugin.entry({ installHint }) }));
  await bindByConfig(home, sandbox);
  for (let pull = 0; pull < 2; pull += 1) {
    const { said, token: answered } = await home.get(sandbox.registryHost);
    assert.equal(answered, undefined);
    assert.match(
      said,
      /get-token waits for a person to log in in a browser \[(?:exec-plugin-person|plugin-failed-before)\]\. Run: docker-credential-openshift login alice-ns\/\S+$/,
    );
    home.editCached(sandbox.registryHost, (record) => {
      record.checkedAt.wallMs -= 60_000;
    });
  }
  assert.equal((await plugin.calls()).length, 1);
  await plugin.behave('answers');
  assert.equal((await home.run('login', '')).status, 0);
  assert.equal((await home.get(sandbox.registryHost)).token, fingerprintOf(token));
});

test('a plugin that gives a certificate alone opens no registry, and mints for the service account that is named then', async (t) => {
  const sandbox = await runningSandbox(t);
  const home = helperHome(t, compiledHelper);
  const { certPem, keyPem } = await sandbox.issueClientCertificate('kube:admin', ['system:cluster-admins']);
  const plugin = createExecPlugin(home.directory, {
    status: { clientCertificateData: certPem, clientKeyData: keyPem },
  });
  await home.write(home.kubeconfigFile, sandbox.kubeconfig({ exec: plugin.entry() }));
  await bindByConfig(home, sandbox);
  const host = sandbox.registryHost;
  const what =
    /has a client certificate from its plugin \S+get-token, which opens no registry; a service account can/;
  const { said } = await home.get(host);
  assert.match(said, what);
  const { status, stderr } = await home.run('login', '');
  assert.equal(status, 1);
  assert.match(stderr, what);
  const [, command = ''] = /by docker-credential-openshift (.*), for which/.exec(said) ?? [];
  const made = await home.run(command.replace('NAMESPACE/NAME', 'alice-ns/robot').split(' '), '');
  assert.equal(made.status, 0, made.stderr);
  assert.match((await home.get(host)).username ?? '', /^system-serviceaccount-alice-ns-robot$/);
});

test("a plugin's token that the cluster does not take is no login, and what pulls say of it names login", async (t) => {
  const sandbox = await runningSandbox(t);
  const home = helperHome(t, compiledHelper);
  const token = sandbox.issueOAuthToken({ user: 'alice' });
  const plugin = createExecPlugin(home.directory, { status: { token } });
  await home.write(home.kubeconfigFile, sandbox.kubeconfig({ exec: plugin.entry() }));
  await bindByConfig(home, sandbox);
  sandbox.expire(token);
  const { status, stdout, stderr } = await home.run(['login', '--revoke-old', '--timeout', '9'], '');
  assert.deepEqual([status, stdout], [1, '']);
  const [idle, refused] = stderr.split('\n');
  assert.match(
    String(idle),
    /^--timeout and --revoke-old have no meaning here: context \S+ logs in by its plugin, \S+get-token\.$/,
  );
  assert.match(
    String(refused),
    /^https:\S+ does not accept the token that \S+get-token gave \[token-refused\]\. Clear what /,
  );
  assert.match(
    (await home.get(sandbox.registryHost)).said,
    /Run: docker-credential-openshift login alice-ns\//,
  );
});

test('a password is asked for at the terminal, and not shown', { skip: lacksTerminal }, async (t) => {
  const { home } = await homeAtSandbox(t, compiledHelper);
  const command = [...compiledHelper.command, 'login', '-u', 'alice'];
  const { status, shown } = await atATerminal(command, home.env, [[': ', 'alice-password\n']]);
  assert.equal(status, 0, shown);
  assert.match(shown, /^Password of alice at \S+: \r?\n/);
  assert.match(shown, /Logged in to \S+ as alice/);
  assert.doesNotMatch(shown, /alice-password/);
});

test('Ctrl-D at the question for a password ends its line, and what is told begins at the next', {
  skip: lacksTerminal,
}, async (t) => {
  const { home } = await homeAtSandbox(t, compiledHelper);
  const command = [...compiledHelper.command, 'login', '-u', 'alice'];
  const { status, shown } = await atATerminal(command, home.env, [[': ', '\u0004']]);
  assert.equal(status, 1, shown);
  assert.match(
    shown,
    /^Password of alice at \S+: \r?\nNo password was given: nothing was changed \[nothing-typed\]\./,
  );
});

test('Ctrl-C at the question for a password, or where an address is to be pasted, ends with 130', {
  skip: lacksTerminal,
}, async (t) => {
  const { sandbox, home } = await homeAtSandbox(t, compiledHelper);
  const login = [...compiledHelper.command, 'login'];
  const asked = await atATerminal([...login, '-u', 'alice'], home.env, [[': ', '\u0003']]);
  assert.equal(asked.status, 130, asked.shown);
  const waited = await atATerminal([...login, '--no-browser'], home.env, [['stops.', '\u0003']]);
  assert.equal(waited.status, 130, waited.shown);
  assert.equal(readFileSync(home.kubeconfigFile, 'utf8'), sandbox.kubeconfig({ token: home.token }));
});

test('what is pasted at the terminal is not shown', { skip: lacksTerminal }, async (t) => {
  const { sandbox, home } = await homeAtSandbox(t, compiledHelper);
  const token = sandbox.issueOAuthToken({ user: 'alice' });
  const command = [...compiledHelper.command, 'login', '--no-browser'];
  const { status, shown } = await atATerminal(command, home.env, [['stops.', `${token}\n`]]);
  assert.equal(status, 0, shown);
  assert.ok(!shown.includes(token));
  assert.ok(!/[^\r]\n/.test(shown), 'lines begin at the left');
});
