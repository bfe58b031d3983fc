import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fingerprintOf } from '../../src/storage/fingerprint.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { testWith } from '../support/find-program.ts';
import { type HelperProgram, helperPrograms } from '../support/helper-program.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { type SecretService, secretServicePrograms, startSecretService } from '../support/secret-service.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { anonymous } from './answer-of.ts';
import { bindByConfig, type HelperHome, helperHome, loggedIn } from './helper-home.ts';

const HOST = 'registry.example.com';
const SECRET = 'correct-horse';

const store = (home: HelperHome, ServerURL: string, Secret: string, env = home.env, Username = 'robot') =>
  home.run('store', `${JSON.stringify({ ServerURL, Username, Secret })}\n`, { env });
const answered = (secret: string, said = '') => ({ token: fingerprintOf(secret), username: 'robot', said });

async function keyring(t: TestContext): Promise<SecretService> {
  const service = await startSecretService(temporaryDirectory(t));
  t.after(service.stop);
  return service;
}

/** A home whose keychain is the service's; none of the rest of its environment. */
function inSession(home: HelperHome, { env }: SecretService): Record<string, string> {
  const { DBUS_SESSION_BUS_ADDRESS = '' } = env;
  return { ...home.env, DBUS_SESSION_BUS_ADDRESS };
}

/** Every file of a home in which a text stands. */
function filesWith({ directory }: HelperHome, text: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => readFileSync(path, 'utf8').includes(text));
}

for (const program of helperPrograms) {
  testFiles(program);
  testKeychain(program);
  testUserNamespace(program);
  testBoundHosts(program);
}

function testFiles(program: HelperProgram): void {
  test(`${program.name}: without a keychain nothing is stored, and it is said how to choose files`, async (t) => {
    const home = helperHome(t, program);
    const { status, stdout, stderr } = await store(home, HOST, SECRET);
    assert.deepEqual([status, stderr], [1, '']);
    assert.match(
      stdout,
      /^The login for registry\.example\.com was not kept: there is no keychain here: no D-Bus session/,
    );
    assert.ok(stdout.endsWith(`put the line \`secrets: file\` into ${home.configFile}\n`), stdout);
    assert.deepEqual(filesWith(home, SECRET), []);
    assert.deepEqual(await home.get(HOST), anonymous());
  });

  test(`${program.name}: in podman's user namespace that is said, too`, async (t) => {
    const home = helperHome(t, program);
    const env = { ...home.env, _CONTAINERS_ROOTLESS_UID: '1000' };
    assert.match(
      (await store(home, HOST, SECRET, env)).stdout,
      /no D-Bus session \(in podman's user namespace\)/,
    );
  });

  test(`${program.name}: with \`secrets: file\` a login is kept in one private file, and answered until it is erased`, async (t) => {
    const home = helperHome(t, program);
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

  test(`${program.name}: a directory that is open to others gets no secret, and is named`, async (t) => {
    const home = helperHome(t, program);
    await home.write(home.configFile, 'secrets: file\n');
    const stored = join(home.directory, '.local/state/docker-credential-openshift/stored');
    mkdirSync(stored, { recursive: true });
    chmodSync(stored, 0o755);
    const { status, stdout } = await store(home, HOST, SECRET);
    assert.equal(status, 1);
    assert.match(stdout, /stored is open to others\. Run: chmod 700 /);
    assert.deepEqual(filesWith(home, SECRET), []);
  });

  test(`${program.name}: a config that says something else of secrets is not guessed at`, async (t) => {
    const home = helperHome(t, program);
    await home.write(home.configFile, 'secrets: safe\n');
    const { status, stdout } = await store(home, HOST, SECRET);
    assert.equal(status, 1);
    assert.match(stdout, /config\.yaml:1:10: `secrets` must be `keychain` or `file`\n$/);
  });

  test(`${program.name}: a token that has ended is answered to nobody, and the reason is said`, async (t) => {
    const home = helperHome(t, program);
    await home.write(home.configFile, 'secrets: file\n');
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const jwt = `${part({ alg: 'none' })}.${part({ exp: 1_700_000_000 })}.c2ln`;
    assert.equal((await store(home, 'quay.io', jwt)).status, 0);
    const { token, said } = await home.get('quay.io');
    assert.equal(token, undefined);
    assert.match(
      said,
      /^The login of robot stored for quay\.io expired \d+ days ago\. Run: docker login quay\.io$/,
    );
  });

  test(`${program.name}: what is wrong with what comes to store is said, and nothing written`, async (t) => {
    const home = helperHome(t, program);
    await home.write(home.configFile, 'secrets: file\n');
    const fields = (username: string, secret: string) =>
      `{"ServerURL":"r.example.com","Username":${username},"Secret":${secret}}`;
    const refusals: [string, RegExp][] = [
      [fields('"a\\nb"', '"x"'), /^the user name holds a line feed, a NUL or another control character\n$/],
      [
        fields('"a\\u0000"', '"x"'),
        /^the user name holds a line feed, a NUL or another control character\n$/,
      ],
      [fields('"a","Username":"b"', '"x"'), /^"Username" is there twice\n$/],
      [fields('"a"', '"x","Secret":"y"'), /^"Secret" is there twice\n$/],
      [fields('"a"', '"\\ud800"'), /^the user name or the secret is no valid Unicode text\n$/],
      [fields('"a"', '""'), /^no credentials secret\n$/],
      [fields('"a"', '7'), /^no credentials secret\n$/],
      ['[]', /^stdin holds no JSON object/],
      [`${fields('"a"', '"x"')}x`, /^stdin holds no JSON object/],
    ];
    for (const [text, said] of refusals) {
      const { status, stdout, stderr } = await home.run('store', text);
      assert.deepEqual([status, stderr], [1, ''], text);
      assert.match(stdout, said);
    }
    const large = await home.run('store', fields('"a"', `"${'x'.repeat(10_000_000)}"`), { stdin: 'socket' });
    assert.deepEqual([large.status, large.stdout], [1, 'the credential is larger than 1 MB\n']);
    assert.equal(existsSync(join(home.directory, '.local')), false);
  });
}

function testKeychain(program: HelperProgram): void {
  test(
    ...testWith(
      secretServicePrograms,
      `${program.name}: what is typed lies in the keychain and in no file, and is answered until it is erased`,
    ),
    async (t) => {
      const home = helperHome(t, program);
      const service = await keyring(t);
      const env = inSession(home, service);
      assert.equal((await store(home, HOST, SECRET, env)).status, 0);
      for (const _ of 'twice') assert.deepEqual(await home.get(HOST, { env }), answered(SECRET));
      assert.deepEqual(filesWith(home, SECRET), []);
      // Without a keychain: list asks none.
      assert.equal((await home.run('list', 'unused')).stdout, `{"${HOST}":"robot"}\n`);

      await service.restart();
      assert.deepEqual(await home.get(HOST, { env }), answered(SECRET));
      assert.equal((await store(home, HOST, 'another', env)).status, 0);
      assert.deepEqual(await home.get(HOST, { env }), answered('another'));
      assert.deepEqual(
        await home.run('erase', HOST, { env }).then(({ status, stderr }) => [status, stderr]),
        [0, ''],
      );
      assert.deepEqual(await home.get(HOST, { env }), anonymous());
    },
  );

  test(
    ...testWith(
      secretServicePrograms,
      `${program.name}: a keychain that is locked, hangs or is gone is named within a second, and ends nothing`,
    ),
    async (t) => {
      const home = helperHome(t, program);
      const service = await keyring(t);
      const env = inSession(home, service);
      assert.equal((await store(home, HOST, SECRET, env)).status, 0);
      await home.get(HOST, { env });

      const isNamed = async (said: RegExp) => {
        const { token, said: line } = await home.get(HOST, { env });
        assert.equal(token, undefined);
        assert.match(line, said);
        const startedMs = performance.now();
        const { status, stdout } = await store(home, 'quay.io', SECRET, env);
        assert.equal(status, 1);
        assert.match(stdout, said);
        // A second, and what a busy machine takes to start a process.
        assert.ok(performance.now() - startedMs < 3000);
      };
      service.freeze();
      try {
        await isNamed(/the keyring does not answer/);
      } finally {
        service.resume();
      }
      assert.deepEqual(await home.get(HOST, { env }), answered(SECRET));
      await service.lock();
      await isNamed(/the keyring is locked/);
      await service.endKeyring();
      await isNamed(/no keyring \(Secret Service\) runs in this session/);
    },
  );

  test(
    ...testWith(
      secretServicePrograms,
      `${program.name}: nothing is executed from the temporary directory, and nothing left there`,
    ),
    async (t) => {
      const home = helperHome(t, program);
      const env = { ...inSession(home, await keyring(t)), TMPDIR: join(home.directory, 'tmp') };
      mkdirSync(env.TMPDIR, { mode: 0o500 });
      assert.equal((await store(home, HOST, SECRET, env)).status, 0);
      assert.deepEqual(await home.get(HOST, { env }), answered(SECRET));
      assert.deepEqual(readdirSync(env.TMPDIR), []);
    },
  );
}

/** As podman without root runs its helpers: the bus knows another user id for the process than it knows itself. */
function testUserNamespace(program: HelperProgram): void {
  test(
    ...testWith(
      [...secretServicePrograms, 'unshare'],
      `${program.name}: in a user namespace the keyring of the session is reached as well`,
    ),
    async (t) => {
      const inside = ['/usr/bin/unshare', '--user', '--map-user=1000', '--', ...program.command] as const;
      const home = helperHome(t, { command: inside });
      const env = { ...inSession(home, await keyring(t)), _CONTAINERS_ROOTLESS_UID: '1000' };
      assert.equal((await store(home, HOST, SECRET, env)).status, 0);
      for (const _ of 'twice') assert.deepEqual(await home.get(HOST, { env }), answered(SECRET));
      assert.equal((await home.run('erase', HOST, { env })).status, 0);
      assert.deepEqual(await home.get(HOST, { env }), anonymous());
    },
  );
}

function testBoundHosts(program: HelperProgram): void {
  const bound = async (t: TestContext): Promise<[Sandbox, HelperHome & { token: string }]> => {
    const sandbox = await runningSandbox(t);
    const home = await loggedIn(t, program, sandbox);
    const entry = { server: sandbox.apiUrl, user: 'alice' };
    await home.write(
      home.configFile,
      JSON.stringify({ secrets: 'file', registries: { [sandbox.registryHost]: entry } }),
    );
    return [sandbox, home];
  };

  test(`${program.name}: a robot's token that was typed for a bound host comes before the context's own, until it is revoked`, async (t) => {
    const [sandbox, home] = await bound(t);
    const host = sandbox.registryHost;
    const robots = sandbox.issueOAuthToken({ user: 'robot', lifeSeconds: 7200 });
    assert.equal((await home.get(host)).username, 'alice');
    assert.equal((await store(home, host, robots)).status, 0);
    for (const _ of 'twice') assert.deepEqual(await home.get(host), answered(robots));
    assert.deepEqual(filesWith(home, robots).length, 1);

    sandbox.revoke(robots);
    forgetAnswers(home);
    const { token, said } = await home.get(host);
    assert.equal(token, fingerprintOf(home.token));
    assert.match(
      said,
      /^Warning: The login of robot stored for .* is not accepted by .*\. Run: docker login /,
    );
  });

  test(`${program.name}: one that has ended leaves the host to the context's own`, async (t) => {
    const [sandbox, home] = await bound(t);
    const host = sandbox.registryHost;
    const robots = sandbox.issueOAuthToken({ user: 'robot', lifeSeconds: 30 });
    assert.equal((await store(home, host, robots)).status, 0);
    const { token, said } = await home.get(host);
    assert.deepEqual([token, said], [fingerprintOf(home.token), '']);
  });

  test(`${program.name}: the context's own token is not stored, and takes the place of what was`, async (t) => {
    const [sandbox, home] = await bound(t);
    const host = sandbox.registryHost;
    const robots = sandbox.issueOAuthToken({ user: 'robot' });
    assert.equal((await store(home, host, robots)).status, 0);
    assert.equal((await home.run('erase', host)).status, 0);
    assert.match((await home.get(host)).said, /^You signed out of /);
    assert.equal((await store(home, host, home.token)).status, 0);
    assert.equal((await home.get(host)).token, fingerprintOf(home.token));
    assert.deepEqual(filesWith(home, robots), []);
    assert.equal(
      existsSync(
        join(
          home.directory,
          '.local/state/docker-credential-openshift/stored',
          `${encodeURIComponent(host)}.json`,
        ),
      ),
      false,
    );
  });

  test(`${program.name}: what docker stores of an answer that it got is kept nowhere`, async (t) => {
    const sandbox = await runningSandbox(t);
    const home = await loggedIn(t, program, sandbox);
    await bindByConfig(home, sandbox, { serviceAccount: 'alice-ns/puller' });
    const { stdout } = await home.run('get', sandbox.registryHost);
    const { status } = await home.run('store', stdout);
    assert.equal(status, 0);
    assert.equal(existsSync(join(home.directory, '.local/state/docker-credential-openshift/stored')), false);
  });
}

function forgetAnswers(home: HelperHome): void {
  const answers = join(home.directory, '.cache/docker-credential-openshift/answers');
  for (const name of readdirSync(answers))
    home.editCached(decodeURIComponent(name.slice(0, -5)), (record) => {
      record.checkedAt.wallMs = 0;
    });
}
