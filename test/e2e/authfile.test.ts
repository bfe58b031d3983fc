import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fingerprintOf } from '../../src/files/sign-outs.ts';
import { compiledHelper, helperPrograms } from '../support/helper-program.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { type HelperHome, linkedHome, loggedIn } from './helper-home.ts';

const fileIn = (home: HelperHome) => join(home.directory, 'auth.json');

/** Runs `authfile`; no token may be printed. */
async function authfile(home: HelperHome, ...args: string[]) {
  const result = await home.run(['authfile', '--to', fileIn(home), ...args], '');
  assert.doesNotMatch(result.stdout + result.stderr, /sha256~|eyJ[\w-]{8}/);
  return result;
}

function loginIn(home: HelperHome, host: string): [user: string, token: string] {
  const { auths } = JSON.parse(readFileSync(fileIn(home), 'utf8'));
  const [, user = '', token = ''] =
    /^([^:]+):(.+)$/.exec(Buffer.from(auths[host].auth, 'base64').toString()) ?? [];
  return [user, token];
}

for (const program of helperPrograms) {
  test(`${program.name}: a file of its own gets a token that the registry took a moment ago, and nobody else may read it`, async (t) => {
    const { sandbox, home, host } = await linkedHome(t, program);
    const { status, stdout, stderr } = await authfile(home, host);
    assert.equal(status, 0, stderr);
    assert.deepEqual(loginIn(home, host), ['alice-', home.token]);
    assert.equal(statSync(fileIn(home)).mode & 0o777, 0o600);
    assert.match(stdout, /: as alice, valid until 20\d\d-\d\d-\d\d \d\d:\d\d UTC \(23 hours\)\n$/);
    assert.match(stderr, /^Warning: whoever reads /);
    assert.ok(sandbox.requests.some(({ path }) => path.startsWith('/openshift/token')));
  });

  test(`${program.name}: an account's token is minted, other keys and entries stay, and an open file is made private`, async (t) => {
    const { sandbox, home, host } = await linkedHome(t, program);
    const other = { 'other.example.com': { auth: 'eDp5' } };
    const ofNamespace = `${host}/bob-ns`;
    const old = { [host]: { identitytoken: 'old' }, [`https://${host}/v1/`]: { auth: 'eDp5' } };
    await home.write(
      fileIn(home),
      JSON.stringify({
        HttpHeaders: { a: 'b' },
        auths: { ...other, ...old, [ofNamespace]: { auth: 'eDp6' } },
      }),
    );
    chmodSync(fileIn(home), 0o644);
    const { status, stdout, stderr } = await authfile(home, host, '--service-account', 'alice-ns/puller');
    assert.equal(status, 0, stderr);
    assert.match(
      stderr,
      /^\S+ keeps its login "\S+\/bob-ns": podman, buildah and skopeo take that one .*\n$/,
    );
    assert.match(stdout, /made it private: its mode was 644/);
    const [user, token] = loginIn(home, host);
    assert.deepEqual([user, sandbox.mints.length], ['system-serviceaccount-alice-ns-puller', 1]);
    assert.match(token, /^eyJ/);
    const content = JSON.parse(readFileSync(fileIn(home), 'utf8'));
    assert.deepEqual(Object.keys(content), ['HttpHeaders', 'auths']);
    assert.deepEqual(Object.keys(content.auths), ['other.example.com', host, ofNamespace]);
    assert.deepEqual(content.auths[ofNamespace], { auth: 'eDp6' });
    assert.deepEqual(content.auths['other.example.com'], other['other.example.com']);
    assert.equal(stdout.match(/: removed the login "\S+", which would be taken before it\n/g)?.length, 1);
    assert.deepEqual(Object.keys(content.auths[host]), ['auth']);
    assert.equal(statSync(fileIn(home)).mode & 0o777, 0o600);
    // What `get` answers with is still what the config says.
    assert.notEqual((await home.get(host)).username, user);
  });
}

const program = compiledHelper;

test('a token that the registry refuses, or that nobody can ask about, is not written', async (t) => {
  const { sandbox, home, host } = await linkedHome(t, program);
  sandbox.setEndpointFault('registry-token', 401);
  const refused = await authfile(home, host);
  assert.equal(refused.status, 1);
  assert.match(
    refused.stderr,
    /: it refuses a token that its cluster accepts \[not-accepted\]\. Run: docker-credential-openshift doctor /,
  );
  assert.match(refused.stderr, /Nothing was written to /);
  sandbox.setEndpointFault('registry-token', 503);
  assert.match(
    (await authfile(home, host)).stderr,
    /: it answers and fails just now, so that nobody knows whether .* \[not-accepted\]\. Run: docker-credential-openshift doctor /,
  );
  await sandbox.close('registry');
  assert.match((await authfile(home, host)).stderr, /: it could not be reached \[not-accepted\]\. /);
  sandbox.revoke(home.token);
  assert.match((await authfile(home, host)).stderr, / (?:was refused|is not accepted by)/);
  assert.equal(existsSync(fileIn(home)), false);
});

test('one host without a token keeps all others from being written', async (t) => {
  const { sandbox, home } = await linkedHome(t, program);
  const { status, stderr } = await authfile(home, sandbox.registryHost, 'nobodys.example.com');
  assert.equal(status, 1);
  assert.match(stderr, /^nobodys\.example\.com: no token goes there/);
  assert.equal(existsSync(fileIn(home)), false);
});

test('a context may be named for a host that nothing binds, but for no public registry', async (t) => {
  const sandbox = await runningSandbox(t, { publicHostname: null });
  const home = await loggedIn(t, program, sandbox);
  const context = /current-context: (.*)/.exec(sandbox.kubeconfig())?.[1] ?? '';
  const { status, stderr } = await authfile(home, sandbox.registryHost, '--context', context);
  assert.equal(status, 0, stderr);
  sandbox.clearRequests();
  const foreign = await authfile(home, 'quay.io', '--context', context);
  assert.equal(foreign.status, 1);
  assert.match(foreign.stderr, /^quay\.io: quay\.io is a public registry/);
  assert.deepEqual(sandbox.requests, []);
});

test('an engine’s own file is left alone where the helper is set, by whatever name it goes', async (t) => {
  const { home, host } = await linkedHome(t, program);
  const podman = join(home.directory, '.config/containers/auth.json');
  await home.write(
    join(home.directory, '.docker/config.json'),
    JSON.stringify({ credHelpers: { [host]: 'openshift' } }),
  );
  await home.write(podman, '{}');
  symlinkSync(podman, fileIn(home));
  const live = await authfile(home, host);
  assert.equal(live.status, 1);
  assert.match(live.stderr, / is a file of podman, for which this helper serves /);
  assert.equal(readFileSync(podman, 'utf8'), '{}');
  const docker = await home.run(['authfile', '--to', join(home.directory, '.docker/config.json'), host], '');
  assert.match(docker.stderr, /names docker-credential-openshift for /);
});

test('a file that names another helper for the host is refused, and one that names one for all is warned of', async (t) => {
  const { home, host } = await linkedHome(t, program);
  await home.write(fileIn(home), JSON.stringify({ credHelpers: { [host]: 'pass' } }));
  assert.match((await authfile(home, host)).stderr, /names docker-credential-pass for /);
  await home.write(fileIn(home), JSON.stringify({ credsStore: 'desktop' }));
  const { status, stderr } = await authfile(home, host);
  assert.equal(status, 0);
  assert.match(stderr, /^Warning: .* names docker-credential-desktop for every host/);
  await home.write(fileIn(home), '{"auths": [');
  const broken = await authfile(home, host);
  assert.equal(broken.status, 1);
  assert.match(broken.stderr, /auth\.json:1:\d+: /);
});

test('whoever signed out by logout gets no file', async (t) => {
  const { sandbox, home } = await linkedHome(t, program);
  await home.run(['logout', sandbox.registryHost], '');
  const { status, stderr } = await authfile(
    home,
    sandbox.registryHost,
    '--service-account',
    'alice-ns/puller',
  );
  assert.equal(status, 1);
  assert.match(stderr, /You signed out of /);
  assert.equal(sandbox.mints.length, 0);
});

test('`token` prints what `get` answers, alone, and nothing at all for a token that has expired', async (t) => {
  const { sandbox, home, host } = await linkedHome(t, program);
  assert.deepEqual(await ended(home.run(['token', host], '')), [0, `${home.token}\n`, '']);
  // By the same checks, and with the same record of them.
  assert.equal((await home.get(host)).token, fingerprintOf(home.token));
  sandbox.revoke(home.token);
  const [status, stdout, stderr] = await ended(home.run(['token', host], ''));
  assert.deepEqual([status, stdout], [1, '']);
  assert.match(
    stderr,
    /expired or was revoked \[token-refused\]\. Run: docker-credential-openshift login \S+\n$/,
  );
});

async function ended(run: ReturnType<HelperHome['run']>) {
  const { status, stdout, stderr } = await run;
  return [status, stdout, stderr] as const;
}
