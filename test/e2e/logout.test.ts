import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fingerprintOf } from '../../src/files/sign-outs.ts';
import { atATerminal, lacksTerminal } from '../support/at-a-terminal.ts';
import { compiledHelper, helperPrograms } from '../support/helper-program.ts';
import { bindByConfig, type HelperHome, helperHome, homeAtSandbox, linkedHome } from './helper-home.ts';

const auths = (...hosts: string[]) =>
  JSON.stringify({ auths: Object.fromEntries(hosts.map((host) => [host, { auth: 'eDp5' }])) });

for (const program of helperPrograms) {
  test(`${program.name}: what engines left behind goes from every file, and no token is had until store or setup`, async (t) => {
    const { sandbox, home, host } = await linkedHome(t, program);
    const docker = join(home.directory, '.docker/config.json');
    const podman = join(home.directory, '.config/containers/auth.json');
    const legacy = join(home.directory, '.dockercfg');
    const helpers = { [host]: 'openshift' };
    await home.write(
      docker,
      JSON.stringify({
        auths: { [`https://${host}/v1/`]: { auth: 'eDp5' } },
        credHelpers: helpers,
        psFormat: 'x',
      }),
    );
    await home.write(podman, auths(host, `${host}/team`, 'other.example.com'));
    await home.write(legacy, JSON.stringify({ [host]: { auth: 'eDp5' } }));
    assert.ok((await home.get(host)).token !== undefined);

    const { status, stdout, stderr } = await home.run(['logout', host], '');
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^[^\n]+: signed out\. To sign in again, run: docker-credential-openshift login /);
    assert.equal(stderr, '');
    assert.deepEqual(JSON.parse(readFileSync(docker, 'utf8')), {
      auths: {},
      credHelpers: helpers,
      psFormat: 'x',
    });
    assert.deepEqual(JSON.parse(readFileSync(podman, 'utf8')), JSON.parse(auths('other.example.com')));
    assert.deepEqual(JSON.parse(readFileSync(legacy, 'utf8')), {});
    assert.equal(home.cached(host), undefined);

    const token = sandbox.issueOAuthToken({ user: 'alice' });
    await home.write(home.kubeconfigFile, sandbox.kubeconfig({ token }));
    sandbox.clearRequests();
    const answer = await home.get(host);
    assert.equal(answer.token, undefined);
    assert.match(
      answer.said,
      /^You signed out of .* by `logout` \[signed-out\]\. Run: docker-credential-openshift login /,
    );
    assert.deepEqual(sandbox.requests, []);

    const again = await home.run(['logout', host], '');
    assert.deepEqual([again.status, again.stderr], [0, '']);
    const credential = JSON.stringify({ ServerURL: host, Username: 'alice', Secret: token });
    assert.equal((await home.run('store', credential)).status, 0);
    assert.equal((await home.get(host)).token, fingerprintOf(token));
  });

  test(`${program.name}: a service account is signed out of, too, its tokens are gone, and none is minted by get or renew`, async (t) => {
    const { sandbox, home, host } = await linkedHome(t, program, { serviceAccount: 'alice-ns/puller' });
    assert.ok((await home.get(host)).token !== undefined);
    assert.equal((await home.run(['logout', host], '')).status, 0);
    assert.deepEqual(readdirSync(join(home.directory, '.cache/docker-credential-openshift/tokens')), []);
    assert.match((await home.get(host)).said, /docker-credential-openshift setup /);
    const renewed = await home.run('renew', '');
    assert.deepEqual([renewed.status, sandbox.mints.length], [0, 1]);
    assert.match(renewed.stdout, /: You signed out of /);
  });

  test(`${program.name}: --revoke ends the login on the cluster, and drops what other hosts had of it`, async (t) => {
    const { sandbox, home, host } = await linkedHome(t, program);
    await home.get(host);
    const refused = await home.run(['logout', host, '--revoke'], '');
    assert.deepEqual([refused.status, refused.stdout], [1, '']);
    assert.match(refused.stderr, /Run: docker-credential-openshift logout .* --revoke --yes\n$/);
    assert.ok(home.cached(host) !== undefined);

    const { status, stdout, stderr } = await home.run(['logout', '--revoke', '-y', host], '');
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^Your login to \S+ \(alice\) was revoked\. /);
    assert.doesNotMatch(stdout + stderr, /sha256~/);
    const deleted = sandbox.requests.filter(({ method }) => method === 'DELETE');
    assert.equal(deleted.length, 1);
    assert.ok(!sandbox.cluster.credentials.oauthTokens().some(({ value }) => value === home.token));
  });
}

const program = compiledHelper;

async function withOtherHelper(home: HelperHome, script: string): Promise<{ env: Record<string, string> }> {
  const bin = join(home.directory, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'docker-credential-other'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(bin, 'docker-credential-other'), 0o755);
  return { env: { ...home.env, PATH: `${bin}:/usr/bin:/bin` } };
}

test('what the helper of docker’s `credsStore` keeps for the host is erased, in its spelling', async (t) => {
  const home = helperHome(t, program);
  await home.write(join(home.directory, '.docker/config.json'), '{"credsStore":"other"}');
  const options = await withOtherHelper(
    home,
    `[ "$1" = list ] && echo '{"https://r.example.com/v1/":"alice","b.example.com":"bob"}' && exit
cat >> "$HOME/erased"`,
  );
  const { status, stdout } = await home.run(['logout', 'r.example.com'], '', options);
  assert.equal(status, 0);
  assert.match(stdout, /docker-credential-other: removed the stored login "https:\/\/r\.example\.com\/v1\/"/);
  assert.equal(readFileSync(join(home.directory, 'erased'), 'utf8'), 'https://r.example.com/v1/');
});

for (const each of helperPrograms) {
  test(`${each.name}: what a helper of podman’s registries.conf keeps is erased, and one that fails leaves the others to be asked`, async (t) => {
    const home = helperHome(t, each);
    await home.write(
      join(home.directory, '.config/containers/registries.conf'),
      'credential-helpers = ["broken", "openshift", "containers-auth.json", "other"]\n',
    );
    await home.write(join(home.directory, '.docker/config.json'), '{"credsStore":');
    const options = await withOtherHelper(
      home,
      `[ "$1" = list ] && echo '{"r.example.com":"alice"}' && exit
cat >> "$HOME/erased"`,
    );
    writeFileSync(join(home.directory, 'bin/docker-credential-broken'), '#!/bin/sh\nexit 1\n', {
      mode: 0o755,
    });
    const { status, stdout, stderr } = await home.run(['logout', 'r.example.com'], '', options);
    assert.equal(status, 1);
    assert.match(stdout, /docker-credential-other: removed the stored login "r\.example\.com"/);
    assert.equal(readFileSync(join(home.directory, 'erased'), 'utf8'), 'r.example.com');
    assert.match(stderr, /docker-credential-broken may still keep a login for r\.example\.com/);
    assert.equal(stderr.match(/config\.json:1:\d+: /g)?.length, 1);
  });

  test(`${each.name}: a login in DOCKER_AUTH_CONFIG can’t be removed, so it is named`, async (t) => {
    const home = helperHome(t, each);
    const text = JSON.stringify({ auths: { 'https://r.example.com/v1/': { auth: 'YTpzZWNyZXQ=' } } });
    const env = { ...home.env, DOCKER_AUTH_CONFIG: text };
    const { status, stdout, stderr } = await home.run(['logout', 'r.example.com'], '', { env });
    assert.equal(status, 1);
    assert.match(stdout, /^r\.example\.com: signed out/);
    assert.equal(
      stderr,
      'r.example.com: DOCKER_AUTH_CONFIG holds a login for it, which docker 28.3 and later take before all files and helpers [login-in-variable]. Run: unset DOCKER_AUTH_CONFIG\n',
    );
    for (const other of [text, '{', '{"auths":{"r.example.com":{}}}', '']) {
      const fine = { ...home.env, DOCKER_AUTH_CONFIG: other };
      const host = other === text ? 'b.example.com' : 'r.example.com';
      const { status, stderr } = await home.run(['logout', host], '', { env: fine });
      assert.deepEqual([status, stderr], [0, '']);
    }
  });
}

test('one that fails, or a broken file, keeps nothing else from being cleared, and is named', async (t) => {
  const home = helperHome(t, program);
  await home.write(join(home.directory, '.docker/config.json'), '{"credsStore":"other"}');
  const options = await withOtherHelper(home, 'echo no keychain; exit 1');
  const podman = join(home.directory, '.config/containers/auth.json');
  await home.write(podman, auths('r.example.com'));
  const failed = await home.run(['logout', 'r.example.com'], '', options);
  assert.equal(failed.status, 1);
  assert.match(failed.stderr, /docker-credential-other may still keep a login for r\.example\.com/);
  assert.doesNotMatch(readFileSync(podman, 'utf8'), /r\.example\.com/);

  await home.write(podman, '{"auths": {');
  const broken = await home.run(['logout', 'r.example.com'], '');
  assert.equal(broken.status, 1);
  assert.match(broken.stderr, /auth\.json:1:\d+: the file is not valid JSON/);
  assert.match(broken.stdout, /^r\.example\.com: signed out/);
});

test('where the cluster can’t be reached the host is signed out all the same, and the login said to go on', async (t) => {
  const { sandbox, home } = await linkedHome(t, program);
  await sandbox.close('api');
  const { status, stdout, stderr } = await home.run(
    ['logout', sandbox.registryHost, '--revoke', '--yes'],
    '',
  );
  assert.equal(status, 1);
  assert.match(stdout, /: signed out\. /);
  assert.match(stderr, /^Your login to .* was not revoked, and goes on until it ends: /);
  assert.equal(existsSync(home.kubeconfigFile), true);
});

test('a service account’s token is not revoked, nor one over a connection that is not verified', async (t) => {
  const { sandbox, home } = await linkedHome(t, program, { serviceAccount: 'alice-ns/puller' });
  const account = await home.run(['logout', sandbox.registryHost, '--revoke', '--yes'], '');
  assert.equal(account.status, 1);
  assert.match(
    account.stderr,
    /nothing was revoked: its tokens are a service account's \[not-revocable\]\n$/,
  );
  await bindByConfig(home, sandbox);
  const kubeconfig = sandbox.kubeconfig({ token: home.token });
  await home.write(
    home.kubeconfigFile,
    kubeconfig.replace(/certificate-authority: .*/, 'insecure-skip-tls-verify: true'),
  );
  const insecure = await home.run(['logout', sandbox.registryHost, '--revoke', '--yes'], '');
  assert.equal(insecure.status, 1);
  assert.match(insecure.stderr, /does not verify the certificate/);
  assert.deepEqual(
    sandbox.requests.filter(({ method }) => method === 'DELETE'),
    [],
  );
});

test('a host that no cluster calls its own has no login revoked, whoever is logged in', async (t) => {
  const { sandbox, home } = await homeAtSandbox(t, program);
  const { status, stderr } = await home.run(['logout', 'nobodys.example.com', '--revoke', '--yes'], '');
  assert.equal(status, 1);
  assert.match(stderr, /nothing was revoked: no login of yours answers for it \[not-revocable\]\n$/);
  assert.ok(sandbox.cluster.credentials.oauthTokens().some(({ value }) => value === home.token));
});

test('a login that was stored for the host goes, and it is the one that is revoked', async (t) => {
  const { sandbox, home, host } = await homeAtSandbox(t, program);
  const entry = { server: sandbox.apiUrl, user: 'alice' };
  await home.write(home.configFile, JSON.stringify({ secrets: 'file', registries: { [host]: entry } }));
  const typed = sandbox.issueOAuthToken({ user: 'bob' });
  const credential = JSON.stringify({ ServerURL: host, Username: 'bob', Secret: typed });
  assert.equal((await home.run('store', credential)).status, 0);
  assert.equal((await home.get(host)).token, fingerprintOf(typed));
  const { status, stdout, stderr } = await home.run(['logout', host, '--revoke', '--yes'], '');
  assert.equal(status, 0, stderr);
  assert.match(stdout, /\(bob\) was revoked/);
  assert.match(stdout, /removed the login that was stored/);
  const live = sandbox.cluster.credentials.oauthTokens().map(({ value }) => value);
  assert.deepEqual([live.includes(typed), live.includes(home.token)], [false, true]);
  assert.equal((await home.run('list', '')).stdout, '{}\n');
});

test('the way back to a host of no cluster is an engine’s login, which status names, too, and which lifts the sign-out', async (t) => {
  const home = helperHome(t, program);
  await home.write(home.configFile, '{"secrets":"file"}');
  for (const host of ['a.example.com', 'quay.io']) {
    const credential = JSON.stringify({ ServerURL: host, Username: 'robot', Secret: 'typed' });
    assert.equal((await home.run('store', credential)).status, 0);
    const { stdout } = await home.run(['logout', host], '');
    const logins = `docker login ${host} or podman login --authfile ~/.docker/config.json ${host}`;
    assert.ok(stdout.includes(`To sign in again: ${logins}\n`), stdout);
    if (host !== 'quay.io') {
      assert.ok((await home.get(host)).said?.endsWith(`Run ${logins}.`));
      assert.ok((await home.run(['status', host], '')).stdout.includes(`Run ${logins}.`));
    }
    assert.equal((await home.run('store', credential)).status, 0);
    const { hosts } = JSON.parse((await home.run(['status', '--json', host], '')).stdout);
    assert.deepEqual([hosts[0].state, hosts[0].user], ['good', 'robot']);
  }
});

const atTerminal = lacksTerminal === false ? '' : ` (left out: ${lacksTerminal})`;
test(`at a terminal a person is asked before their login is revoked, and no is no${atTerminal}`, {
  skip: lacksTerminal !== false,
}, async (t) => {
  const { sandbox, home } = await linkedHome(t, program);
  const command = [...program.command, 'logout', sandbox.registryHost, '--revoke'];
  const isLive = () => sandbox.cluster.credentials.oauthTokens().some(({ value }) => value === home.token);
  const no = await atATerminal(command, home.env, [['[y/N]', '\r']]);
  assert.deepEqual([no.status, isLive()], [1, true], no.shown);
  assert.match(no.shown, /Nothing was changed\./);
  const yes = await atATerminal(command, home.env, [['[y/N]', 'y\r']]);
  assert.deepEqual([yes.status, isLive()], [0, false], yes.shown);
});

test('where nothing can be kept, whoever signs out is told so', async (t) => {
  const home = helperHome(t, program);
  const env = { ...home.env, XDG_STATE_HOME: '/proc/nowhere' };
  const { status, stderr } = await home.run(['logout', 'registry.ci.openshift.org'], '', { env });
  assert.equal(status, 1);
  assert.match(
    stderr,
    /You are still signed in to registry\.ci\.openshift\.org, since it can't be kept that you signed out: /,
  );
});

test('a slip of the keyboard leaves no row in status, and a registry that a cluster could call its own stays signed out', async (t) => {
  const { sandbox, home } = await homeAtSandbox(t, program);
  // An engine, or a person, may have asked for it before: that there was nothing is no login.
  assert.equal((await home.get('registry.exmple.com')).token, undefined);
  const slip = await home.run(['logout', 'registry.exmple.com'], '');
  assert.equal(slip.status, 0, slip.stderr);
  assert.match(slip.stdout, /^registry\.exmple\.com: there is no login of it here to sign out of/);
  assert.doesNotMatch((await home.run('status', '')).stdout, /exmple/);
  const host = sandbox.registryHost;
  assert.equal((await home.run(['logout', host], '')).status, 0);
  assert.equal((await home.get(host)).token, undefined);
  assert.match((await home.run('status', '')).stdout, /signed out/);
});
