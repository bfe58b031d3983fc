import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type HelperProgram, helperPrograms } from '../support/helper-program.ts';
import { jwt } from '../support/identities.ts';
import { OFF_NETWORK } from '../support/off-network.ts';
import { anonymous } from './answer-of.ts';
import { helperHome } from './helper-home.ts';
import { answered, filesWith, HOST, SECRET, store } from './storing.ts';

for (const program of helperPrograms) {
  testFiles(program);
}

function testFiles(program: HelperProgram): void {
  test(`${program.name}: without a keychain nothing is stored, and it is said how to choose files`, async (t) => {
    const home = helperHome(t, program, OFF_NETWORK);
    const { status, stdout, stderr } = await store(home, HOST, SECRET);
    assert.deepEqual([status, stderr], [1, '']);
    assert.match(
      stdout,
      /^The login for registry\.example\.com was not kept: this machine has no keychain: no desktop session is open/,
    );
    assert.ok(
      stdout.endsWith(
        `put the line \`secrets: file\` into ${home.configFile}, or set DOCKER_CREDENTIAL_OPENSHIFT_SECRETS=file\n`,
      ),
      stdout,
    );
    assert.deepEqual(filesWith(home, SECRET), []);
    assert.deepEqual(await home.get(HOST), anonymous());
  });

  test(`${program.name}: a variable of a job chooses files, too, and another word in it is told`, async (t) => {
    const home = helperHome(t, program, OFF_NETWORK);
    const SECRETS = 'DOCKER_CREDENTIAL_OPENSHIFT_SECRETS';
    const wrong = await store(home, HOST, SECRET, { ...home.env, [SECRETS]: 'files' });
    assert.deepEqual(
      [wrong.status, wrong.stdout],
      [1, `The login was not kept: ${SECRETS} is neither \`keychain\` nor \`file\` [config-broken]\n`],
    );
    assert.equal((await store(home, HOST, SECRET, { ...home.env, [SECRETS]: 'file' })).status, 0);
    // Where it lies was written down: no variable is needed to read it.
    assert.deepEqual(await home.get(HOST), answered(SECRET));
  });

  test(`${program.name}: in podman's user namespace that is said, too`, async (t) => {
    const home = helperHome(t, program, OFF_NETWORK);
    const env = { ...home.env, _CONTAINERS_ROOTLESS_UID: '1000' };
    assert.match(
      (await store(home, HOST, SECRET, env)).stdout,
      /no desktop session is open \(in podman's user namespace\)/,
    );
  });

  test(`${program.name}: with \`secrets: file\` a login is kept in one private file, and answered until it is erased`, async (t) => {
    const home = helperHome(t, program, OFF_NETWORK);
    await home.write(home.configFile, 'secrets: file\n');
    const hub = 'https://index.docker.io/v1/';
    for (const host of [HOST, hub, '[::1]:5000']) {
      assert.equal((await store(home, host, SECRET)).status, 0);
      for (const _ of 'twice') assert.deepEqual(await home.get(host), answered(SECRET));
    }
    const listed = JSON.parse((await home.run('list', 'unused')).stdout) as object;
    assert.deepEqual(listed, { [HOST]: 'robot', [hub]: 'robot', '[::1]:5000': 'robot' });
    const stored = join(home.directory, '.local/state/docker-credential-openshift/stored');
    assert.deepEqual(
      filesWith(home, SECRET),
      readdirSync(stored).map((name) => join(stored, name)),
    );
    for (const host of [HOST, 'index.docker.io', '[::1]:5000']) {
      assert.equal((await home.run('erase', host)).status, 0);
      assert.deepEqual(await home.get(host), anonymous());
    }
    assert.deepEqual(filesWith(home, SECRET), []);
    assert.equal((await home.run('list', 'unused')).stdout, '{}\n');
  });

  test(`${program.name}: the tokens that docker keeps beside a login of Docker Hub by browser stay apart from it`, async (t) => {
    const home = helperHome(t, program, OFF_NETWORK);
    await home.write(home.configFile, 'secrets: file\n');
    const hub = 'https://index.docker.io/v1/';
    const secrets = {
      [hub]: 'login',
      [`${hub}access-token`]: 'access',
      [`${hub}refresh-token`]: 'refresh..id',
    };
    for (const [key, secret] of Object.entries(secrets)) {
      assert.equal((await store(home, key, secret)).status, 0);
    }
    for (const [key, secret] of Object.entries(secrets)) {
      for (const _ of 'twice') assert.deepEqual(await home.get(key), answered(secret));
    }
    const listed = JSON.parse((await home.run('list', 'unused')).stdout) as object;
    assert.deepEqual(Object.keys(listed).sort(), Object.keys(secrets));
    assert.doesNotMatch((await home.run('status', '')).stdout, /-token/);
    await home.run('erase', `${hub}refresh-token`);
    assert.deepEqual(await home.get(`${hub}refresh-token`), anonymous());
    assert.deepEqual(await home.get(`${hub}access-token`), answered('access'));
    await home.run('erase', hub);
    assert.deepEqual(await home.get(hub), anonymous());
    assert.deepEqual(await home.get(`${hub}access-token`), answered('access'));
    await home.run('erase', `${hub}access-token`);
    assert.equal((await home.run('list', 'unused')).stdout, '{}\n');
  });

  test(`${program.name}: a directory that is open to others gets no secret, and is named`, async (t) => {
    const home = helperHome(t, program, OFF_NETWORK);
    await home.write(home.configFile, 'secrets: file\n');
    const stored = join(home.directory, '.local/state/docker-credential-openshift/stored');
    mkdirSync(stored, { recursive: true });
    chmodSync(stored, 0o755);
    const { status, stdout } = await store(home, HOST, SECRET);
    assert.equal(status, 1);
    assert.match(stdout, /stored is open to others \[not-written\]\. Run: chmod 700 /);
    assert.deepEqual(filesWith(home, SECRET), []);
  });

  test(`${program.name}: a login that others may read is answered no more, told everywhere, and erased all the same`, async (t) => {
    const home = helperHome(t, program, OFF_NETWORK);
    await home.write(home.configFile, 'secrets: file\n');
    const directory = join(home.directory, '.local/state/docker-credential-openshift/stored');
    const file = join(directory, `${HOST}.json`);
    for (const [path, mode] of [
      [file, 0o640],
      [directory, 0o777],
    ] as const) {
      assert.equal((await store(home, HOST, SECRET)).status, 0);
      for (const _ of 'cached') assert.deepEqual(await home.get(HOST), answered(SECRET));
      const private_ = statSync(path).mode & 0o777;
      chmodSync(path, mode);
      const said =
        `The login stored for ${HOST} is not used: ${path} is open to others [stored-login-unusable]. ` +
        `Run: chmod ${private_.toString(8)} ${path}`;
      // What was answered a moment ago may be good for five minutes, but not from there.
      assert.deepEqual(await home.get(HOST), anonymous(said));
      const listed = await home.run('list', 'unused');
      assert.deepEqual(
        [listed.status, listed.stdout, listed.stderr],
        [0, '{}\n', `docker-credential-openshift: ${said}\n`],
      );
      const { hosts } = JSON.parse((await home.run(['status', '--json'], '')).stdout);
      assert.deepEqual(
        [hosts[0].host, hosts[0].state, hosts[0].command],
        [HOST, 'none', said.split('Run: ')[1]],
      );
      const { findings } = JSON.parse((await home.run(['doctor', '--json'], '')).stdout);
      const finding = findings.find((it: { why: string }) => said.startsWith(it.why));
      assert.deepEqual(
        [finding?.check, finding?.status, finding?.fix?.run],
        ['own-directories', 'problem', `chmod ${private_.toString(8)} ${path}`],
      );
      assert.equal((await home.run('erase', HOST)).stderr, '');
      assert.deepEqual(filesWith(home, SECRET), []);
      chmodSync(directory, 0o700);
    }
  });

  test(`${program.name}: without a HOME nothing is kept in a place that is gone after a restart`, async (t) => {
    const home = helperHome(t, program, OFF_NETWORK);
    await home.write(home.configFile, 'secrets: file\n');
    const env = {
      PATH: home.env.PATH ?? '',
      XDG_RUNTIME_DIR: join(home.directory, 'run'),
      DOCKER_CREDENTIAL_OPENSHIFT_CONFIG: home.configFile,
    };
    const { status, stdout } = await store(home, HOST, SECRET, env);
    assert.equal(status, 1);
    assert.match(stdout, /was not kept: HOME is not set, and .*\. Set HOME to your home directory, /);
    assert.deepEqual(filesWith(home, SECRET), []);
    assert.equal(
      (await store(home, HOST, SECRET, { ...env, XDG_STATE_HOME: join(home.directory, 's') })).status,
      0,
    );
  });

  test(`${program.name}: a config that says something else of secrets is not guessed at`, async (t) => {
    const home = helperHome(t, program, OFF_NETWORK);
    await home.write(home.configFile, 'secrets: safe\n');
    const { status, stdout } = await store(home, HOST, SECRET);
    assert.equal(status, 1);
    assert.match(stdout, /config\.yaml:1:10: `secrets` must be `keychain` or `file` \[config-broken\]\n$/);
  });

  test(`${program.name}: a token that has ended is answered to nobody, and the reason is said`, async (t) => {
    const home = helperHome(t, program, OFF_NETWORK);
    await home.write(home.configFile, 'secrets: file\n');
    assert.equal((await store(home, 'quay.io', jwt({ exp: 1_700_000_000 }))).status, 0);
    const { token, said } = await home.get('quay.io');
    assert.equal(token, undefined);
    assert.match(
      said,
      /^The login of robot stored for quay\.io expired \d+ days ago \[typed-expired\]\. Run docker login quay\.io or podman login --authfile ~\/\.docker\/config\.json quay\.io\.$/,
    );
  });

  test(`${program.name}: what is wrong with what comes to store is said, and nothing written`, async (t) => {
    const home = helperHome(t, program, OFF_NETWORK);
    await home.write(home.configFile, 'secrets: file\n');
    const fields = (username: string, secret: string) =>
      `{"ServerURL":"r.example.com","Username":${username},"Secret":${secret}}`;
    const refusals: [string, RegExp][] = [
      [
        fields('"a\\nb"', '"x"'),
        /^the user name holds a line feed, a NUL or another control character \[bad-credential\]\n$/,
      ],
      [
        fields('"a\\u0000"', '"x"'),
        /^the user name holds a line feed, a NUL or another control character \[bad-credential\]\n$/,
      ],
      [fields('"a","Username":"b"', '"x"'), /^"Username" is there twice \[bad-credential\]\n$/],
      [fields('"a"', '"x","Secret":"y"'), /^"Secret" is there twice \[bad-credential\]\n$/],
      [
        fields('"a:b"', '"x"'),
        /^The login for r\.example\.com was not kept: its user name holds a colon, and /,
      ],
      [fields('"<token>"', '"x"'), /^The login for r\.example\.com was not kept: .* is an identity token, /],
      [
        fields('"a"', '"x\\n"'),
        /^The login for r\.example\.com was not kept: the password ends in a line break, /,
      ],
      [
        fields('"a"', '"\\ud800"'),
        /^the user name or the secret is not valid Unicode text \[bad-credential\]\n$/,
      ],
      [fields('"a"', '""'), /^no credentials secret \[bad-credential\]\n$/],
      [fields('"a"', '7'), /^no credentials secret \[bad-credential\]\n$/],
      ['[]', /^stdin holds no JSON object/],
      [`${fields('"a"', '"x"')}x`, /^stdin holds no JSON object/],
    ];
    for (const [text, said] of refusals) {
      const { status, stdout, stderr } = await home.run('store', text);
      assert.deepEqual([status, stderr], [1, ''], text);
      assert.match(stdout, said);
    }
    for (const secret of ['x'.repeat(10_000_000), '管'.repeat(600_000)]) {
      const large = await home.run('store', fields('"a"', `"${secret}"`), { stdin: 'socket' });
      assert.deepEqual(
        [large.status, large.stdout],
        [1, 'the credential is larger than 1 MB [bad-credential]\n'],
      );
    }
    assert.equal(existsSync(join(home.directory, '.local')), false);
  });
}
