import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fingerprintOf } from '../../src/files/sign-outs.ts';
import { compiledHelper } from '../support/helper-program.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { homeAtSandbox, loggedIn } from './helper-home.ts';

test("create drops a token that is tied to the Secret of before, which the cluster's caches still take, for all hosts of the account", async (t) => {
  // kube-apiserver takes a token for 6 to 10 s after its Secret was deleted (4.13 and 1.34, seen).
  const sandbox = await runningSandbox(t, { accountTokenCacheSeconds: 10 });
  const home = await loggedIn(t, compiledHelper, sandbox, sandbox.issueOAuthToken({ user: 'kube:admin' }));
  const hosts = [sandbox.registryHost, sandbox.registryHost.replace('127.0.0.1', 'localhost')];
  const account = { server: sandbox.apiUrl, serviceAccount: 'alice-ns/robot', selfRenew: true };
  await home.write(home.configFile, JSON.stringify({ registries: { [hosts[1] ?? '']: account } }));
  const create = async () => {
    const words = ['service-account', 'create', 'alice-ns/robot', '--host', sandbox.registryHost];
    const { status, stderr } = await home.run([...words, '--self-renew'], '');
    assert.equal(status, 0, stderr);
  };
  const gets = () => Promise.all(hosts.map(async (host) => (await home.get(host)).token));
  await create();
  const [first, same] = await gets();
  assert.ok(first !== undefined && first === same);

  for (const key of sandbox.cluster.secrets.keys()) {
    if (key.startsWith('alice-ns/docker-credential-openshift-')) sandbox.cluster.secrets.delete(key);
  }
  await create();
  const [second, other] = await gets();
  assert.ok(second !== undefined && second !== first, 'it is another token');
  assert.equal(other, second);
  assert.equal(second, fingerprintOf(sandbox.mints.at(-1)?.token ?? ''));
});

test('create drops the answer that there is no such account, or that its Secret is gone, at once', async (t) => {
  const sandbox = await runningSandbox(t);
  const home = await loggedIn(t, compiledHelper, sandbox, sandbox.issueOAuthToken({ user: 'kube:admin' }));
  const host = sandbox.registryHost;
  const entry = { server: sandbox.apiUrl, user: 'alice', serviceAccount: 'alice-ns/robot', selfRenew: true };
  await home.write(home.configFile, JSON.stringify({ registries: { [host]: entry } }));
  assert.match((await home.get(host)).said, /There is no service account alice-ns\/robot on /);
  const { said } = await home.get(host);
  const [, command = ''] = /Run: docker-credential-openshift (.*)/.exec(said) ?? [];
  const { status, stderr } = await home.run(command.split(' '), '');
  assert.equal(status, 0, stderr);
  assert.notEqual((await home.get(host)).token, undefined);
});

test('create for other machines leaves the host as it is on this one, and says what to run there', async (t) => {
  const sandbox = await runningSandbox(t);
  const home = await loggedIn(t, compiledHelper, sandbox, sandbox.issueOAuthToken({ user: 'kube:admin' }));
  const host = sandbox.registryHost;
  const words = ['service-account', 'create', 'alice-ns/robot', '--host', host, '--self-renew'];
  const { status, stdout } = await home.run([...words, '--machine', 'ci-1'], '');
  assert.equal(status, 0);
  assert.ok(sandbox.cluster.secrets.has('alice-ns/docker-credential-openshift-ci-1'));
  assert.match(stdout, /is left as it was: this machine, \S+, is not among those named/);
  assert.equal((await home.get(host)).token, fingerprintOf(home.token));
  const [, command = ''] = /^run: docker-credential-openshift (.*)$/m.exec(stdout) ?? [];
  assert.equal((await home.run(command.split(' '), '')).status, 0);
  assert.match((await home.get(host)).username ?? '', /^system-serviceaccount-/);
});

test("a create that fails leaves the host its login, and setup gives a person's own login back after one that did not", async (t) => {
  const { home, host } = await homeAtSandbox(t, compiledHelper);
  const own = fingerprintOf(home.token);
  const words = ['service-account', 'create', 'alice-ns/robot', '--host', host];
  const failed = await home.run(words, '');
  assert.equal(failed.status, 1, failed.stdout);
  assert.match(failed.stdout, /^ServiceAccount robot in namespace alice-ns: created$/m);
  assert.match(failed.stderr, /is left as it was\. Once that is applied, run this again with --applied/);
  assert.equal((await home.get(host)).token, own);
  assert.equal(existsSync(home.configFile), false);

  const made = await home.run([...words, '--applied'], '');
  assert.equal(made.status, 0, made.stderr);
  assert.notEqual((await home.get(host)).token, own);
  const [, command = ''] =
    /^For your own login again: docker-credential-openshift (.*)$/m.exec(made.stdout) ?? [];
  const back = await home.run([...command.split(' '), '--yes'], '');
  assert.equal(back.status, 0, back.stderr);
  assert.equal((await home.get(host)).token, own);
  assert.doesNotMatch(readFileSync(home.configFile, 'utf8'), /serviceAccount|selfRenew/);
});
