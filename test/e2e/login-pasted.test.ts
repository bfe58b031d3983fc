import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { helperPrograms } from '../support/helper-program.ts';
import { callbackOf } from '../support/running-login.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { visitAsPerson } from '../support/visit-as-person.ts';
import { helperHome, homeAtSandbox } from './helper-home.ts';
import { waitingLogin } from './waiting-login.ts';

for (const program of helperPrograms) {
  test(`${program.name}: the address that a browser elsewhere ended at logs in`, async (t) => {
    const { sandbox, login, url } = await waitingLogin(t, program);
    login.type('what is this');
    login.type(callbackOf(url, { code: 'sha256~other', state: 'other' }).href);
    login.type((await visitAsPerson(url, sandbox, 'alice')).href);
    const { status, stdout, stderr } = await login.ended;
    assert.equal(status, 0, stderr);
    assert.match(stderr, /That is no address of \/callback, .*\nThat address answers another login/);
    assert.match(stdout, /^Logged in to \S+ as alice/);
    assert.equal(sandbox.oauth.tokens.length, 1);
  });

  test(`${program.name}: the copied oc command logs in; that of another cluster is sent nowhere`, async (t) => {
    const { sandbox, login } = await waitingLogin(t, program);
    const token = sandbox.issueOAuthToken({ user: 'alice' });
    sandbox.clearRequests();
    login.type(`oc login --token=${token} --server=https://api.elsewhere.example.com:6443`);
    login.type(`oc login api.elsewhere.example.com:6443 --token=${token}`);
    login.type(`oc login --token=${token} -s=api.elsewhere.example.com:6443`);
    login.type(`oc login --token=sha256~${'x'.repeat(43)} --server=${sandbox.apiUrl}`);
    login.type(`$ oc login --token=${token} -s ${new URL(sandbox.apiUrl).host}`);
    const { status, stdout, stderr } = await login.ended;
    assert.equal(status, 0, stderr);
    assert.equal(stderr.match(/That token is for another cluster than \S+: it was sent nowhere/g)?.length, 3);
    const bearers = sandbox.requests.filter(({ headers }) => headers.authorization === `Bearer ${token}`);
    assert.ok(bearers.length > 0);
    assert.match(stderr, /does not accept this token \[token-refused\]\. Log in again for another\./);
    assert.match(stdout, /^Logged in to \S+ as alice/);
    assert.ok(!(stdout + stderr).includes(token));
  });

  test(`${program.name}: a token on stdin logs in, without a browser or an OAuth server`, async (t) => {
    const { sandbox, home } = await homeAtSandbox(t, program);
    await sandbox.close('oauth');
    const token = sandbox.issueOAuthToken({ user: 'alice' });
    const { status, stdout, stderr } = await home.run(['login', '--token-stdin'], `${token}\n`);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^Logged in to \S+ as alice/);
    const refused = await home.run(['login', '--token-stdin'], 'not a token\n');
    assert.deepEqual([refused.status, refused.stdout], [1, '']);
    assert.match(refused.stderr, /^What came on stdin is not a token/);
  });

  test(`${program.name}: where no context is, the oc command on stdin says where to log in, and a token alone does not`, async (t) => {
    const sandbox = await runningSandbox(t);
    const home = helperHome(t, program);
    const token = sandbox.issueOAuthToken({ user: 'alice' });
    const args = ['login', '--token-stdin', '--certificate-authority', sandbox.caFile];
    const alone = await home.run(args, `${token}\n`);
    assert.deepEqual([alone.status, alone.stdout], [1, '']);
    assert.match(alone.stderr, /\[no-context\]/);
    const plain = `oc login --token=${token} --server=${sandbox.apiUrl.replace('https:', 'http:')}`;
    assert.match((await home.run(args, plain)).stderr, /\[plain-http\]/);
    assert.equal(sandbox.requests.length, 0);
    const command = `$ oc login --token=${token} --server=${sandbox.apiUrl}\n`;
    const { status, stdout, stderr } = await home.run(args, command);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^Logged in to \S+ as alice/);
    assert.ok(readFileSync(home.kubeconfigFile, 'utf8').includes(token));
    assert.ok(!(stdout + stderr).includes(token));
  });

  test(`${program.name}: Ctrl-C ends it cleanly: nothing is written, and the port is closed`, async (t) => {
    const { sandbox, home, login, url } = await waitingLogin(t, program);
    login.signal('SIGINT');
    const { status, stdout, stderr } = await login.ended;
    assert.deepEqual([status, stdout], [130, ''], stderr);
    assert.match(stderr, /\nStopped \[interrupted\]\n$/);
    await assert.rejects(fetch(callbackOf(url, {})), /fetch failed/);
    assert.equal(readFileSync(home.kubeconfigFile, 'utf8'), sandbox.kubeconfig({ token: home.token }));
  });
}
