import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { compiledHelper, helperPrograms } from '../support/helper-program.ts';
import { listening } from '../support/listening.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { visitAsPerson } from '../support/visit-as-person.ts';
import { helperHome, homeAtSandbox, loggedIn } from './helper-home.ts';
import { waitingLogin } from './waiting-login.ts';

const ALICE = ['login', '-u', 'alice', '--password-stdin'];
const BY_BROWSER = ['login', '--no-browser', '--timeout', '20'];

for (const program of helperPrograms) {
  test(`${program.name}: metadata that lead elsewhere, or speak without TLS, are refused before anything is sent there`, async (t) => {
    const { sandbox, home } = await homeAtSandbox(t, program);
    for (const fault of ['foreign-issuer', 'foreign-endpoints', 'plain-http'] as const) {
      sandbox.setEndpointFault('oauth-metadata', fault);
      for (const args of [ALICE, BY_BROWSER]) {
        const { status, stdout, stderr } = await home.run(args, 'alice-password');
        assert.deepEqual([status, stdout], [1, ''], fault);
        assert.match(
          stderr,
          /^\S+ says that its people log in at an OAuth server whose addresses are not all its own, over https/,
        );
        assert.equal(stderr.trim().split('\n').length, 1);
      }
    }
    assert.equal(sandbox.oauth.authorizations.length, 0);
    assert.equal(readFileSync(home.kubeconfigFile, 'utf8'), sandbox.kubeconfig({ token: home.token }));
  });
}

test('a token reply without a token changes nothing', async (t) => {
  const { sandbox, home } = await homeAtSandbox(t, compiledHelper);
  sandbox.setEndpointFault('oauth-token', 'no-token');
  const { status, stderr } = await home.run(ALICE, 'alice-password');
  assert.equal(status, 1);
  assert.match(stderr, /^The OAuth server \S+ answered without a token \[no-token-in-reply\]\. /);
  assert.equal(readFileSync(home.kubeconfigFile, 'utf8'), sandbox.kubeconfig({ token: home.token }));
});

test('an OAuth server in trouble when it is given the code is told as that', async (t) => {
  const { sandbox, home } = await homeAtSandbox(t, compiledHelper);
  sandbox.setEndpointFault('oauth-token', 503);
  const { status, stderr } = await home.run(ALICE, 'alice-password');
  assert.equal(status, 1);
  assert.match(
    stderr,
    /^The OAuth server \S+ answered 503 to the login's code \[oauth-server-unavailable\]\. Log in again in a minute\.\n$/,
  );
});

test('a cluster with an identity provider of its own names the way by its plugin', async (t) => {
  const sandbox = await runningSandbox(t, { mode: 'external-oidc' });
  const home = await loggedIn(t, compiledHelper, sandbox, sandbox.issueOidcToken({ user: 'alice' }));
  for (const args of [ALICE, BY_BROWSER]) {
    const { status, stderr } = await home.run(args, 'alice-password');
    assert.equal(status, 1);
    assert.match(stderr, /names no OAuth server: .*oc login https:\S+ --exec-plugin=oc-oidc /);
  }
});

test('an OAuth server that is away, or in trouble, is told as that', async (t) => {
  const { sandbox, home } = await homeAtSandbox(t, compiledHelper);
  await sandbox.close('oauth');
  const away = await home.run(ALICE, 'alice-password');
  assert.match(
    away.stderr,
    /^The OAuth server \S+ can't be reached: connection refused \[oauth-server-unreachable\]\. /,
  );
  await sandbox.reopen('oauth');
  sandbox.setOutage({ validationDown: true });
  const down = await home.run(ALICE, 'alice-password');
  assert.match(down.stderr, /^The OAuth server \S+ answered \d+ to the login \[login-refused\]\. Try again/);
  await sandbox.close('api');
  const gone = await home.run(ALICE, 'alice-password');
  assert.match(
    gone.stderr,
    /^The API server \S+ can't be reached: connection refused \[api-unreachable\]\. /,
  );
  assert.deepEqual([away.status, down.status, gone.status], [1, 1, 1]);
});

test("an OAuth server whose authority is not the cluster's needs one of the system's", async (t) => {
  const sandbox = await runningSandbox(t, { separateIngressAuthority: true });
  const home = await loggedIn(t, compiledHelper, sandbox);
  const untrusted = await home.run(ALICE, 'alice-password');
  assert.equal(untrusted.status, 1);
  assert.match(
    untrusted.stderr,
    /its certificate is not trusted \[oauth-server-unreachable\]\. Put the authority .* SSL_CERT_DIR/,
  );
  const env = { ...home.env, SSL_CERT_FILE: sandbox.ingressCaFile };
  const trusted = await home.run(ALICE, 'alice-password', { env });
  assert.equal(trusted.status, 0, trusted.stderr);
});

test('a context that is reached without TLS gets no login', async (t) => {
  const home = helperHome(t, compiledHelper);
  const cluster = { name: 'c', cluster: { server: 'http://127.0.0.1:9' } };
  const context = { name: 'plain', context: { cluster: 'c', user: 'u' } };
  await home.write(home.kubeconfigFile, JSON.stringify({ clusters: [cluster], contexts: [context] }));
  const { status, stderr } = await home.run(['login', 'plain', '-u', 'alice', '--password-stdin'], 'x');
  assert.equal(status, 1);
  assert.match(
    stderr,
    /^http:\S+ is reached without TLS: no password or token is sent there \[plain-http\]\. /,
  );
});

test('a port that another program has is told before anybody logs in', async (t) => {
  const { home } = await homeAtSandbox(t, compiledHelper);
  const port = await listening(t, createServer());
  const { status, stderr } = await home.run(['login', '--callback-port', String(port)], '');
  assert.equal(status, 1);
  assert.equal(
    stderr,
    `The port ${port} of 127.0.0.1 can't be listened on: another program has it [callback-port]. Leave out --callback-port, or give another one.\n`,
  );
});

test('a kubeconfig that is broken, or not to be written to, is told before anybody logs in', async (t) => {
  const { sandbox, home } = await homeAtSandbox(t, compiledHelper);
  const broken = `${home.directory}/broken`;
  await home.write(broken, 'users: [\n');
  const env = { ...home.env, KUBECONFIG: `${home.kubeconfigFile}:${broken}` };
  const { status, stderr } = await home.run(BY_BROWSER, '', { env });
  assert.equal(status, 1);
  assert.match(stderr, /broken.*line \d+/);
  const directory = await home.run(BY_BROWSER, '', { env: { ...home.env, KUBECONFIG: home.directory } });
  assert.equal(directory.status, 1);
  assert.match(directory.stderr, /directory/);
  assert.equal(sandbox.oauth.authorizations.length, 0);
});

test('what is no context, host or URL is told with what is known', async (t) => {
  const { home } = await homeAtSandbox(t, compiledHelper);
  const { status, stderr } = await home.run(['login', 'wrok'], '');
  assert.equal(status, 1);
  assert.match(
    stderr,
    /^"wrok" is not a context of your kubeconfig, which has alice-ns\/\S+; nor is it a registry host .*Run: docker-credential-openshift login alice-ns\/\S+\n$/,
  );
  for (const args of [
    ['--token', 'x'],
    ['-p', 'x'],
    ['a', 'b'],
    ['--all-expiring', 'a'],
    ['-u', ''],
    ['--timeout', '0'],
    ['--callback-port', 'x'],
    ['-u', 'a', '--token-stdin'],
  ]) {
    assert.equal((await home.run(['login', ...args], '')).status, 2, args.join(' '));
  }
});

test('no token, code, verifier or password is printed, shown or kept but in the kubeconfig and the cache', async (t) => {
  const { sandbox, home, login, url } = await waitingLogin(t, compiledHelper);
  const answer = await visitAsPerson(url, sandbox, 'alice');
  const code = answer.searchParams.get('code') ?? '';
  login.type(answer.href);
  assert.equal((await login.ended).status, 0);
  const sent = sandbox.requests.find(({ path }) => path.startsWith('/oauth/token'));
  const verifier = new URLSearchParams(String(sent?.body)).get('code_verifier') ?? '';
  const wrong = await home.run(ALICE, 'a-planted-password');
  const right = await home.run([...ALICE, '--revoke-old'], 'alice-password');
  const printed = [login.printed(), wrong.stdout, wrong.stderr, right.stdout, right.stderr].join('\n');
  const tokens = sandbox.oauth.tokens.map(({ token }) => token);
  assert.ok(tokens.length === 2 && code.length > 20 && verifier.length > 40);
  for (const secret of [...tokens, home.token, code, verifier, 'a-planted-password', 'alice-password']) {
    assert.ok(!printed.includes(secret), 'a secret was printed');
  }
  // A code is worth nothing to whoever has it without the verifier, which leaves this process for the cluster only.
  assert.ok(!url.includes(verifier));
});
