import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';
import { hasEnded } from '../support/has-ended.ts';
import { onceChanged } from '../support/once-changed.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { pluginFor, STATUS } from './running-plugin.ts';

test('a plugin gives a token and its end', async (t) => {
  const { run } = pluginFor(t);
  assert.deepEqual(await run(), {
    token: 'plugin-token',
    expiresAtMs: Date.parse(STATUS.expirationTimestamp),
  });
});

test('a plugin that does not say when its token ends, or says nonsense, leaves that open', async (t) => {
  const { made, run } = pluginFor(t, { status: { token: ' t\n' } });
  assert.deepEqual(await run(), { token: 't', expiresAtMs: undefined });
  await made.answer({ token: 't', expirationTimestamp: 'soon' });
  assert.deepEqual(await run(), { token: 't', expiresAtMs: undefined });
});

test('a plugin is told in both versions that nobody is there, and has no stdin to ask on', async (t) => {
  for (const version of ['v1', 'v1beta1'] as const) {
    const { made, run } = pluginFor(t, { version });
    const apiVersion = `client.authentication.k8s.io/${version}`;
    await run({ entry: { apiVersion } });
    const [call] = await made.calls();
    assert.deepEqual(call?.info, { apiVersion, kind: 'ExecCredential', spec: { interactive: false } });
    assert.equal(call?.stdin, 'null');
  }
});

test("a plugin gets its arguments, the environment, and the kubeconfig's variables above that", async (t) => {
  const { made, run } = pluginFor(t);
  await run({
    entry: { args: ['get-token', '--issuer-url=https://sso', 'a b'], env: { A: 'of the kubeconfig' } },
    env: { A: 'of the shell', B: 'b', KUBERNETES_EXEC_INFO: 'another' },
  });
  const [call] = await made.calls();
  assert.deepEqual(call?.args, ['get-token', '--issuer-url=https://sso', 'a b']);
  assert.deepEqual([call?.environment.A, call?.environment.B], ['of the kubeconfig', 'b']);
  assert.equal(call?.info?.kind, 'ExecCredential');
});

test('a command with a slash is relative to its kubeconfig, and one without is found on the PATH', async (t) => {
  const { made, run } = pluginFor(t);
  const directory = dirname(dirname(made.command));
  const relative = `./${basename(dirname(made.command))}/${basename(made.command)}`;
  assert.equal((await run({ entry: { command: relative, directory } })).token, 'plugin-token');
  const PATH = `${dirname(made.command)}:${process.env.PATH}`;
  const found = await run({
    entry: { command: basename(made.command), directory: '/nowhere' },
    env: { PATH },
  });
  assert.equal(found.token, 'plugin-token');
});

test('a slow plugin is waited for', async (t) => {
  const { run } = pluginFor(t, { behaviour: 'answers-slowly', delayMs: 300 });
  assert.equal((await run()).token, 'plugin-token');
});

test('a plugin that leaves a child with its stdout behind is not waited for, and the child ends', async (t) => {
  const { made, run } = pluginFor(t, { behaviour: 'leaves-child' });
  // Whoever waited for the child, which stays for a day, would give up.
  assert.equal((await run()).token, 'plugin-token');
  const [call] = await made.calls();
  assert.ok(call?.childPid);
  assert.equal(await hasEnded(call.childPid), true);
});

for (const behaviour of ['hangs', 'hangs-deaf'] as const) {
  test(`a plugin that ${behaviour === 'hangs' ? 'hangs' : 'hangs, deaf to signals,'} is ended in time`, async (t) => {
    const { made, run } = pluginFor(t, { behaviour });
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const running = run({ timeoutMs: 2500 });
    const [call] = await made.called();
    t.mock.timers.tick(2500);
    const message = `The exec plugin ${made.command} did not answer within 2.5 s, and may be waiting for a person`;
    await assert.rejects(running, { message });
    assert.equal(await hasEnded(Number(call?.pid)), true);
  });
}

test('a plugin that is ended while it waits for a child takes the child with it', async (t) => {
  const directory = temporaryDirectory(t);
  const file = join(directory, 'pid');
  const { run } = pluginFor(t);
  const script = `sleep 86397 & echo $! > '${file}.new'; mv '${file}.new' '${file}'; wait`;
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const running = run({ entry: { command: '/bin/sh', args: ['-c', script] }, timeoutMs: 2000 });
  await onceChanged(directory, () => existsSync(file) || undefined);
  t.mock.timers.tick(2000);
  await assert.rejects(running, /did not answer within 2 s/);
  assert.equal(await hasEnded(Number(readFileSync(file, 'utf8'))), true);
});

test('a plugin that asks for it is told how its cluster is reached, and others are not', async (t) => {
  const { made, run } = pluginFor(t);
  await run({ entry: { wantsCluster: true } });
  await run();
  const clusters = (await made.calls()).map(
    ({ info }) => (info as { spec: { cluster?: unknown } }).spec.cluster,
  );
  assert.deepEqual(clusters, [
    {
      server: 'https://api.example.com:6443',
      'certificate-authority-data': Buffer.from('the CA').toString('base64'),
    },
    undefined,
  ]);
});
