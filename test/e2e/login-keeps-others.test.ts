import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { test } from 'node:test';
import { compiledHelper, helperPrograms } from '../support/helper-program.ts';
import { callbackOf, startLogin } from '../support/running-login.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { visitAsPerson } from '../support/visit-as-person.ts';
import { type HelperHome, helperHome } from './helper-home.ts';

type Sandbox = Awaited<ReturnType<typeof runningSandbox>>;

/** A kubeconfig whose user entry has a name that tells nothing. */
function written(sandbox: Sandbox, token: string) {
  const cluster = { server: sandbox.apiUrl, 'certificate-authority': sandbox.caFile };
  return JSON.stringify({
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'dev', user: { token } }],
    contexts: [{ name: 'dev', context: { cluster: 'c', user: 'dev', namespace: 'alice-ns' } }],
    'current-context': 'dev',
  });
}
const bearerOf = (token: string) => `Bearer ${token}`;
const usersOf = (home: HelperHome) => readFileSync(home.kubeconfigFile, 'utf8');
const revocations = (sandbox: Sandbox) => sandbox.requests.filter(({ method }) => method === 'DELETE');

for (const program of helperPrograms) {
  test(`${program.name}: another person's live token stays in its entry, and goes on`, async (t) => {
    const sandbox = await runningSandbox(t);
    const alice = sandbox.issueOAuthToken({ user: 'alice' });
    const bob = sandbox.issueOAuthToken({ user: 'bob' });
    const home = helperHome(t, program);
    await home.write(home.kubeconfigFile, written(sandbox, alice));
    const { stdout, stderr } = await home.run(['login', '--token-stdin', '--revoke-old'], bob);
    assert.match(stdout, /^Logged in to \S+ as bob/, stderr);
    assert.doesNotMatch(stdout, /context (?:dev|alice-ns)/);
    const config = usersOf(home);
    assert.ok(config.includes(alice) && config.includes(bob));
    assert.ok(config.includes(`bob/${new URL(sandbox.apiUrl).host.replaceAll('.', '-')}`));
    assert.equal(config.match(/alice-ns/g)?.length, 1);
    assert.equal(revocations(sandbox).length, 0);
    const again = sandbox.issueOAuthToken({ user: 'alice' });
    const renewed = await home.run(['login', 'dev', '--token-stdin', '--revoke-old'], again);
    assert.equal(renewed.status, 0, renewed.stderr);
    assert.match(renewed.stdout, /\(context dev\)/);
    assert.ok(!usersOf(home).includes(alice));
    assert.equal(revocations(sandbox).length, 1);
  });

  test(`${program.name}: a token that can't be kept is revoked`, async (t) => {
    const sandbox = await runningSandbox(t);
    const home = helperHome(t, program);
    const first = `${home.directory}/first`;
    const text = written(sandbox, sandbox.issueOAuthToken({ user: 'alice' }));
    await home.write(home.kubeconfigFile, text);
    await home.write(first, '');
    chmodSync(first, 0o400);
    const env = { ...home.env, KUBECONFIG: `${first}:${home.kubeconfigFile}` };
    // The entry is alice's, so that bob's token goes to the first file.
    const { status, stdout, stderr } = await home.run(
      ['login', 'dev', '-u', 'bob', '--password-stdin'],
      'bob-password',
      { env },
    );
    assert.deepEqual([status, stdout], [1, '']);
    assert.match(stderr, /first can't be changed: it is read-only \[unusable-file\]\. Run: chmod u\+w /);
    assert.equal(sandbox.oauth.tokens.length, 1);
    const [ended] = revocations(sandbox);
    assert.equal(ended?.headers.authorization, bearerOf(String(sandbox.oauth.tokens[0]?.token)));
    assert.equal(usersOf(home), text);
  });

  test(`${program.name}: Ctrl-C after the browser's answer leaves no token behind`, async (t) => {
    const sandbox = await runningSandbox(t);
    const home = helperHome(t, program);
    const text = written(sandbox, sandbox.issueOAuthToken({ user: 'alice' }));
    await home.write(home.kubeconfigFile, text);
    const login = startLogin(t, program, { env: home.env, args: ['--no-browser'] });
    const url = await login.url;
    sandbox.clearRequests();
    sandbox.setEndpointFault('useroauthaccesstokens', 'stall');
    login.type((await visitAsPerson(url, sandbox, 'alice')).href);
    await sandbox.received('useroauthaccesstokens');
    login.signal('SIGINT');
    const { status, stdout } = await login.ended;
    assert.deepEqual([status, stdout], [130, '']);
    const [ended] = revocations(sandbox);
    assert.equal(ended?.headers.authorization, bearerOf(String(sandbox.oauth.tokens[0]?.token)));
    assert.equal(usersOf(home), text);
    await assert.rejects(fetch(callbackOf(url, {})), /fetch failed/);
  });

  test(`${program.name}: of an authority's file the certificates are kept alone`, async (t) => {
    const sandbox = await runningSandbox(t);
    const home = helperHome(t, program);
    const token = sandbox.issueOAuthToken({ user: 'alice' });
    const combined = `${home.directory}/combined.pem`;
    const key = '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n';
    await home.write(combined, `${key}# ours\n${sandbox.caPem}${key}`);
    const args = ['login', sandbox.apiUrl, '--token-stdin'];
    const untrusted = await home.run(args, token);
    assert.equal(untrusted.status, 1);
    assert.match(
      untrusted.stderr,
      /is not trusted \[api-unreachable\]\. Give the file of its authority: \S+ login --token-stdin --certificate-authority FILE https:/,
    );
    const broken = `${home.directory}/broken.pem`;
    await home.write(broken, sandbox.caPem.replace(/\n[\w+/]{20}/, '\nAAAAAAAAAAAAAAAAAAAA'));
    const unread = await home.run([...args, '--certificate-authority', broken], token);
    assert.ok(
      unread.stderr.startsWith(`${broken} holds a certificate that can't be read [no-pem]. `),
      unread.stderr,
    );
    assert.ok(!existsSync(home.kubeconfigFile));
    const cluster = { server: sandbox.apiUrl, 'certificate-authority': broken };
    await home.write(home.kubeconfigFile, JSON.stringify({ clusters: [{ name: 'c', cluster }] }));
    assert.match(
      (await home.run(args, token)).stderr,
      / Give the file of its authority: \S+ login --token-stdin --certificate-authority FILE https:/,
    );
    rmSync(home.kubeconfigFile);
    const { status, stderr } = await home.run([...args, '--certificate-authority', combined], token);
    assert.equal(status, 0, stderr);
    const data = /certificate-authority-data: (\S+)/.exec(usersOf(home))?.[1] ?? '';
    assert.equal(Buffer.from(data, 'base64').toString().trim(), sandbox.caPem.trim());
  });
}

test("a cluster that no context uses yet is reached by its own entry's authority", async (t) => {
  const sandbox = await runningSandbox(t);
  const home = helperHome(t, compiledHelper);
  const cluster = { server: sandbox.apiUrl, 'certificate-authority': sandbox.caFile };
  await home.write(home.kubeconfigFile, JSON.stringify({ clusters: [{ name: 'c', cluster }] }));
  const token = sandbox.issueOAuthToken({ user: 'alice' });
  const { status, stderr } = await home.run(['login', sandbox.apiUrl, '--token-stdin'], token);
  assert.equal(status, 0, stderr);
});

test('a registry host is known by the word of the cluster that one is logged in to', async (t) => {
  const sandbox = await runningSandbox(t);
  const home = helperHome(t, compiledHelper);
  const alice = sandbox.issueOAuthToken({ user: 'alice' });
  const again = sandbox.issueOAuthToken({ user: 'alice' });
  await home.write(home.kubeconfigFile, sandbox.kubeconfig({ token: alice }));
  const { status, stdout, stderr } = await home.run(['login', sandbox.registryHost, '--token-stdin'], again);
  assert.equal(status, 0, stderr);
  assert.match(stdout, /^Logged in to \S+ as alice/);
});

test('an authority that is given takes the place of one that is not there', async (t) => {
  const sandbox = await runningSandbox(t);
  const home = helperHome(t, compiledHelper);
  const missing = `${home.directory}/missing.crt`;
  const cluster = { server: sandbox.apiUrl, 'certificate-authority': missing };
  const text = JSON.stringify({
    clusters: [{ name: 'c', cluster }],
    contexts: [{ name: 'work', context: { cluster: 'c', user: 'dev' } }],
    'current-context': 'work',
  });
  await home.write(home.kubeconfigFile, text);
  const token = sandbox.issueOAuthToken({ user: 'alice' });
  const { stderr: told } = await home.run(['login', '--token-stdin'], token);
  const remedy = 'docker-credential-openshift login --token-stdin --certificate-authority FILE work';
  const server = sandbox.apiUrl;
  assert.equal(
    told,
    `${server} can't be reached: the certificate authority ${missing} is not there [bad-connection]. Give the file of its authority: ${remedy}\n`,
  );
  assert.equal(usersOf(home), text);
  const args = ['login', '--token-stdin', '--certificate-authority', sandbox.caFile, 'work'];
  const { status, stderr } = await home.run(args, token);
  assert.equal(status, 0, stderr);
  assert.ok(!usersOf(home).includes(missing));
});

test('a client certificate that is not there keeps nobody else from logging in', async (t) => {
  const sandbox = await runningSandbox(t);
  const home = helperHome(t, compiledHelper);
  const cluster = { server: sandbox.apiUrl, 'certificate-authority': sandbox.caFile };
  const user = { 'client-certificate': '/gone/c.crt', 'client-key': '/gone/c.key' };
  await home.write(
    home.kubeconfigFile,
    JSON.stringify({
      clusters: [{ name: 'c', cluster }],
      users: [{ name: 'admin', user }],
      contexts: [{ name: 'work', context: { cluster: 'c', user: 'admin' } }],
    }),
  );
  const token = sandbox.issueOAuthToken({ user: 'alice' });
  const { status, stderr } = await home.run(['login', sandbox.apiUrl, '--token-stdin'], token);
  assert.equal(status, 0, stderr);
  assert.ok(usersOf(home).includes('/gone/c.crt'));
});
