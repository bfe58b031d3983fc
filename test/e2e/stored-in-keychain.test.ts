import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fakeBus } from '../keychain/secret-service/fake-bus.ts';
import { createExecPlugin } from '../support/exec-plugin.ts';
import { type HelperProgram, helperPrograms } from '../support/helper-program.ts';
import { inTime } from '../support/in-time.ts';
import { OFF_NETWORK } from '../support/off-network.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { secretServicePrograms, testOfKeyring } from '../support/secret-service.ts';
import { anonymous } from './answer-of.ts';
import { bindByConfig, helperHome, linkedHome } from './helper-home.ts';
import { answered, filesWith, HOST, inSession, keyring, SECRET, store } from './storing.ts';

for (const program of helperPrograms) {
  testSlowPlugin(program);
  testKeychain(program);
  testLeftOver(program);
  testUserNamespace(program);
}

/** A home that is logged in as alice, with another login for her registry in its keyring. */
async function withBobsLoginTyped(t: TestContext, program: HelperProgram) {
  const { sandbox, home } = await linkedHome(t, program);
  const service = await keyring(t);
  const env = inSession(home, service);
  const typed = sandbox.issueOAuthToken({ user: 'bob' });
  assert.equal((await store(home, sandbox.registryHost, typed, env, 'bob')).status, 0);
  return { sandbox, home, service, env };
}

function testKeychain(program: HelperProgram): void {
  testOfKeyring(
    secretServicePrograms,
    `${program.name}: what is typed lies in the keychain and in no file, and is answered until it is erased`,
    async (t) => {
      const home = helperHome(t, program, OFF_NETWORK);
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

  testOfKeyring(
    secretServicePrograms,
    `${program.name}: a keychain that is locked, hangs or is gone is named within a second, and ends nothing`,
    async (t) => {
      const home = helperHome(t, program, OFF_NETWORK);
      const service = await keyring(t);
      const env = inSession(home, service);
      assert.equal((await store(home, HOST, SECRET, env)).status, 0);
      await home.get(HOST, { env });

      const isNamed = async (said: RegExp, env = inSession(home, service)) => {
        const { token, said: line } = await home.get(HOST, { env });
        assert.equal(token, undefined);
        assert.match(line, said);
        const storing = () => store(home, 'quay.io', SECRET, env);
        // A second, and what a busy machine takes to start a process.
        const { status, stdout } = await inTime(3000, storing, () => home.run('version', '', { env }));
        assert.equal(status, 1);
        assert.match(stdout, said);
      };
      service.freeze();
      try {
        await isNamed(/the keyring does not answer/);
      } finally {
        service.resume();
      }
      // Lets in, answers nothing that is asked of it, and has always something to tell of others.
      const silent = { OpenSession: 'nothing', SearchItems: 'nothing', ReadAlias: 'nothing' } as const;
      const chattering = await fakeBus(t, silent, {}, 'OK 1234\r\n', 200);
      await isNamed(/the keyring does not answer/, { ...env, ...chattering.env });
      assert.deepEqual(await home.get(HOST, { env }), answered(SECRET));
      await service.lock();
      await isNamed(/the keyring is locked/);
      await service.endKeyring();
      await isNamed(/no keyring \(Secret Service\) runs in this session/);
    },
  );

  testOfKeyring(
    secretServicePrograms,
    `${program.name}: with a keyring that hangs and a context's login that is over, doctor tells each with a fix of its own`,
    async (t) => {
      const { sandbox, home, service, env } = await withBobsLoginTyped(t, program);
      sandbox.expire(home.token);
      service.freeze();
      try {
        const { stdout } = await home.run(['doctor', sandbox.registryHost, '--json'], '', { env });
        const { findings } = JSON.parse(stdout) as { findings: readonly Record<string, unknown>[] };
        const told = findings.filter(({ check, status }) => check === 'login' && status === 'problem');
        const [keyringsFix, loginsFix, ...none] = told.map(({ fix }) => fix as { run?: string; do?: string });
        assert.deepEqual(none, []);
        assert.doesNotMatch(JSON.stringify(keyringsFix), /docker-credential-openshift login/);
        assert.match(loginsFix?.run ?? '', /^docker-credential-openshift login /);
      } finally {
        service.resume();
      }
    },
  );

  testOfKeyring(
    secretServicePrograms,
    `${program.name}: what was typed is answered at once when its keyring is unlocked, whatever was answered instead`,
    async (t) => {
      const { sandbox, home, service, env } = await withBobsLoginTyped(t, program);
      await service.lock();
      const { username, said } = await home.get(sandbox.registryHost, { env });
      assert.equal(username, 'alice');
      assert.match(said, /the keyring is locked/);
      await service.restart();
      assert.equal((await home.get(sandbox.registryHost, { env })).username, 'bob');
    },
  );

  testOfKeyring(
    secretServicePrograms,
    `${program.name}: nothing is executed from the temporary directory, and nothing left there`,
    async (t) => {
      const home = helperHome(t, program, OFF_NETWORK);
      const env = { ...inSession(home, await keyring(t)), TMPDIR: join(home.directory, 'tmp') };
      mkdirSync(env.TMPDIR, { mode: 0o500 });
      assert.equal((await store(home, HOST, SECRET, env)).status, 0);
      assert.deepEqual(await home.get(HOST, { env }), answered(SECRET));
      assert.deepEqual(readdirSync(env.TMPDIR), []);
    },
  );
}

function testSlowPlugin(program: HelperProgram): void {
  test(`${program.name}: a plugin that hangs leaves the time to name a keyring that hangs, too`, async (t) => {
    const silent = { OpenSession: 'nothing', SearchItems: 'nothing', ReadAlias: 'nothing' } as const;
    const { env } = await fakeBus(t, silent);
    const sandbox = await runningSandbox(t);
    const home = helperHome(t, program, env);
    const plugin = createExecPlugin(home.directory, { status: {}, behaviour: 'hangs' });
    await home.write(home.kubeconfigFile, sandbox.kubeconfig({ exec: plugin.entry() }));
    await bindByConfig(home, sandbox);
    const { status, stdout } = await store(home, sandbox.registryHost, SECRET);
    assert.equal(status, 1);
    assert.match(stdout, /was not kept: the keyring does not answer/);
  });
}

function testLeftOver(program: HelperProgram): void {
  testOfKeyring(
    secretServicePrograms,
    `${program.name}: what a locked keyring does not give up is told until it is gone`,
    async (t) => {
      const home = helperHome(t, program, OFF_NETWORK);
      const service = await keyring(t);
      const env = inSession(home, service);
      assert.equal((await store(home, HOST, SECRET, env)).status, 0);
      await service.lock();
      for (const _ of 'twice') {
        const { status, stderr } = await home.run('erase', HOST, { env });
        assert.equal(status, 0);
        assert.match(stderr, /is answered no more, but it stays in the keychain: the keyring is locked/);
        assert.deepEqual(await home.get(HOST, { env }), anonymous());
      }
      const signedOut = await home.run(['logout', HOST], '', { env });
      assert.equal(signedOut.status, 1);
      assert.match(signedOut.stderr, /it stays in the keychain/);
      await service.restart();
      assert.equal((await home.run('erase', HOST, { env })).stderr, '');
      assert.equal(await service.countItems(), 0);
    },
  );

  testOfKeyring(
    secretServicePrograms,
    `${program.name}: a damaged note keeps nothing in the keyring from being erased`,
    async (t) => {
      const home = helperHome(t, program, OFF_NETWORK);
      const service = await keyring(t);
      const env = inSession(home, service);
      for (const host of [HOST, 'quay.io']) assert.equal((await store(home, host, SECRET, env)).status, 0);
      const note = join(home.directory, '.local/state/docker-credential-openshift/stored', `${HOST}.json`);
      writeFileSync(note, '');
      assert.match((await home.get(HOST, { env })).said, /is damaged \[stored-login-unusable\]\. Run: /);
      const { status, stderr } = await home.run('erase', HOST, { env });
      assert.deepEqual([status, stderr, existsSync(note)], [0, '', false]);
      assert.equal(await service.countItems(), 1);
      assert.deepEqual(await home.get('quay.io', { env }), answered(SECRET));
    },
  );
}

/** As podman without root runs its helpers: the bus knows another user id for the process than it knows itself. */
function testUserNamespace(program: HelperProgram): void {
  testOfKeyring(
    [...secretServicePrograms, 'unshare'],
    `${program.name}: in a user namespace the keyring of the session is reached as well`,
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
