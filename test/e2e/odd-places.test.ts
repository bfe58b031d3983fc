import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fingerprintOf } from '../../src/files/sign-outs.ts';
import { bundledHelper, compiledHelper, hasFront, helperPrograms } from '../support/helper-program.ts';
import { asNobody, NOBODYS_ID, testAsRoot } from './as-root.ts';
import { helperHome, homeAtSandbox, linkedHome } from './helper-home.ts';

const uid = process.geteuid?.();
/** Every file and directory below, in order. */
const below = (directory: string) => readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();

for (const program of helperPrograms) {
  test(`${program.name}: without a HOME the answer is cached in the session's directory, else in the user's own in TMPDIR`, async (t) => {
    const { sandbox, home } = await homeAtSandbox(t, program);
    for (const [variable, place] of [
      ['XDG_RUNTIME_DIR', 'docker-credential-openshift'],
      ['TMPDIR', `docker-credential-openshift-${uid}`],
    ] as const) {
      const directory = join(home.directory, variable);
      mkdirSync(directory, { mode: 0o700 });
      const env = { PATH: '/usr/bin:/bin', KUBECONFIG: home.kubeconfigFile, [variable]: directory };
      for (const _ of [1, 2]) {
        const { token } = await home.get(sandbox.registryHost, { env });
        assert.equal(token, fingerprintOf(home.token));
      }
      assert.ok(existsSync(join(directory, place, 'answers')));
      const answered = sandbox.requests.length;
      await home.get(sandbox.registryHost, { env });
      assert.equal(sandbox.requests.length, answered);
    }
  });

  test(`${program.name}: a directory in TMPDIR that others may write to is not used`, async (t) => {
    const { sandbox, home } = await homeAtSandbox(t, program);
    const taken = join(home.directory, `docker-credential-openshift-${uid}`);
    mkdirSync(taken);
    chmodSync(taken, 0o777);
    const env = { PATH: '/usr/bin:/bin', KUBECONFIG: home.kubeconfigFile, TMPDIR: home.directory };
    assert.equal((await home.get(sandbox.registryHost, { env })).token, fingerprintOf(home.token));
    assert.deepEqual(
      below(taken).filter((name) => name.endsWith('.json')),
      [],
    );
  });

  test(`${program.name}: a cache that can't be made, since a file lies in its place, is no reason to fail`, async (t) => {
    const { sandbox, home } = await homeAtSandbox(t, program);
    writeFileSync(join(home.directory, '.cache'), 'in the way');
    for (const _ of [1, 2]) {
      assert.equal((await home.get(sandbox.registryHost)).token, fingerprintOf(home.token));
    }
    assert.equal(readFileSync(join(home.directory, '.cache'), 'utf8'), 'in the way');
  });

  testAsRoot(`${program.name}: in another user's HOME root writes nothing`, async (t) => {
    const { sandbox, home } = await linkedHome(t, program);
    chownSync(home.directory, NOBODYS_ID, NOBODYS_ID);
    const before = below(home.directory);
    assert.equal((await home.get(sandbox.registryHost)).token, fingerprintOf(home.token));
    const erased = await home.run('erase', sandbox.registryHost);
    assert.equal(erased.status, 0);
    assert.match(
      erased.stderr,
      /^docker-credential-openshift: You are still signed in to .* Run this without sudo\.\n$/,
    );
    assert.deepEqual(below(home.directory), before);
    const { status, stderr } = await home.run(['logout', sandbox.registryHost], '');
    assert.equal(status, 1);
    assert.match(
      stderr,
      /: You are still signed in to .* belongs to user \d+, and you are user 0 \[not-signed-out\]\. Run this without sudo\.\n/,
    );
  });

  test(`${program.name}: a file in place of the state directory is named where something is to be kept there, and no more`, async (t) => {
    const { home, host } = await linkedHome(t, program);
    await home.write(join(home.directory, '.local/state'), 'in the way');
    const said =
      /You are still signed in to .*\/\.local\/state is not a directory \[not-signed-out\]\. Run: ls -ld \//;
    const logout = await home.run(['logout', host], '');
    assert.equal(logout.status, 1);
    assert.match(logout.stderr, said);
    assert.match((await home.run('erase', host)).stderr, said);
    const credential = JSON.stringify({ ServerURL: host, Username: 'alice', Secret: home.token });
    const stored = await home.run('store', credential);
    assert.deepEqual([stored.status, stored.stdout, stored.stderr], [0, '', '']);
    const renewed = await home.run(['login', '--token-stdin', host], home.token);
    assert.deepEqual([renewed.status, renewed.stderr], [0, '']);
  });
}

testAsRoot('a user without a passwd entry is answered, from the cache too', async (t) => {
  const { sandbox, home } = await homeAtSandbox(t, await asNobody(t));
  for (const path of [home.directory, join(home.directory, '.kube'), home.kubeconfigFile]) {
    chownSync(path, NOBODYS_ID, NOBODYS_ID);
  }
  chmodSync(sandbox.directory, 0o755);
  assert.equal((await home.get(sandbox.registryHost)).token, fingerprintOf(home.token));
  const answered = sandbox.requests.length;
  assert.equal((await home.get(sandbox.registryHost)).token, fingerprintOf(home.token));
  assert.equal(sandbox.requests.length, answered);
});

testAsRoot(
  "an answer that root cached in one's HOME is not answered to oneself, nor the other way round",
  async (t) => {
    const { sandbox, home } = await homeAtSandbox(t, await asNobody(t));
    chmodSync(sandbox.directory, 0o755);
    const XDG_CACHE_HOME = join(home.directory, 'shared');
    mkdirSync(XDG_CACHE_HOME);
    const env = { ...home.env, XDG_CACHE_HOME };
    const root = helperHome(t, compiledHelper);
    assert.equal((await root.get(sandbox.registryHost, { env })).token, fingerprintOf(home.token));
    chmodSync(home.directory, 0o755);
    for (const path of [XDG_CACHE_HOME, ...below(XDG_CACHE_HOME).map((name) => join(XDG_CACHE_HOME, name))]) {
      chmodSync(path, 0o755);
    }
    sandbox.clearRequests();
    assert.equal((await home.get(sandbox.registryHost, { env })).token, fingerprintOf(home.token));
    assert.notEqual(sandbox.requests.length, 0);
  },
);

// Without a front the compiled program ends before any of it runs: its runtime refuses to start there.
for (const program of hasFront ? [bundledHelper, compiledHelper] : [bundledHelper]) {
  test(`${program.name}: in a directory that was deleted there is one of the two answers`, async (t) => {
    const { sandbox, home } = await homeAtSandbox(t, program);
    const gone = join(home.directory, 'gone');
    mkdirSync(gone);
    const command = ['sh', '-c', 'rmdir "$PWD"; exec "$0" "$@"', ...program.command] as const;
    const inside = { ...helperHome(t, { command: [...command] }), cwd: gone };
    assert.equal(
      (await inside.get(sandbox.registryHost, { env: home.env, cwd: gone })).token,
      fingerprintOf(home.token),
    );
    mkdirSync(gone);
    const env = { ...home.env, KUBECONFIG: 'config' };
    assert.equal((await inside.get(sandbox.registryHost, { env, cwd: gone })).token, undefined);
  });
}
