import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { createExecPlugin, type ExecPlugin, type ExecPluginOptions } from './exec-plugin.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const STATUS = { token: 'plugin-token', expirationTimestamp: '2030-01-01T00:00:00Z' };
const INFO = {
  kind: 'ExecCredential',
  apiVersion: 'client.authentication.k8s.io/v1',
  spec: { interactive: false },
};

function pluginFor(t: TestContext, options: Partial<ExecPluginOptions> = {}): ExecPlugin {
  // Registered before the directory's removal is: `after` hooks run in order.
  let plugin: ExecPlugin | undefined;
  t.after(() => plugin?.stop());
  plugin = createExecPlugin(temporaryDirectory(t), { status: STATUS, ...options });
  return plugin;
}

function start(plugin: ExecPlugin, args: string[] = [], env: Record<string, string> = {}): ChildProcess {
  return spawn(plugin.command, args, {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

async function run(plugin: ExecPlugin, args?: string[], env?: Record<string, string>) {
  const child = start(plugin, args, env);
  let stdout = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  const [status] = await once(child, 'close');
  return { status, stdout };
}

test('a plugin answers with its credential and tells how it was called', async (t) => {
  const plugin = pluginFor(t);
  const answer = await run(plugin, ['get-token', 'a b'], {
    KUBERNETES_EXEC_INFO: JSON.stringify(INFO),
    X: 'y',
  });
  assert.deepEqual(
    [answer.status, JSON.parse(answer.stdout)],
    [0, { kind: 'ExecCredential', apiVersion: INFO.apiVersion, spec: {}, status: STATUS }],
  );
  const [call, ...more] = await plugin.calls();
  assert.deepEqual(
    [call?.args, call?.info, call?.stdin, call?.environment.X, more],
    [['get-token', 'a b'], INFO, 'null', 'y', []],
  );
});

test('a plugin without KUBERNETES_EXEC_INFO and arguments tells so', async (t) => {
  const plugin = pluginFor(t, { version: 'v1beta1' });
  const { stdout } = await run(plugin);
  assert.equal(JSON.parse(stdout).apiVersion, 'client.authentication.k8s.io/v1beta1');
  const [call] = await plugin.calls();
  assert.deepEqual([call?.args, call?.info], [[], undefined]);
});

test('credential and behaviour can be changed between calls, which stay in order', async (t) => {
  const plugin = pluginFor(t, { behaviour: 'answers-slowly', delayMs: 20 });
  assert.equal(JSON.parse((await run(plugin, ['1'])).stdout).status.token, 'plugin-token');
  await plugin.answer({ token: 'another' });
  assert.deepEqual(JSON.parse((await run(plugin, ['2'])).stdout).status, { token: 'another' });
  await plugin.behave('fails-with-token');
  const failed = await run(plugin, ['3']);
  assert.deepEqual([failed.status, JSON.parse(failed.stdout).status.token], [1, 'another']);
  await plugin.behave('fails');
  assert.deepEqual(await run(plugin, ['4']), { status: 1, stdout: '' });
  await plugin.behave('garbage');
  const garbage = await run(plugin, ['5']);
  assert.equal(garbage.status, 0);
  assert.throws(() => JSON.parse(garbage.stdout), SyntaxError);
  assert.deepEqual(
    (await plugin.calls()).map(({ args }) => args.join()),
    ['1', '2', '3', '4', '5'],
  );
});

test('a hanging plugin is ended by a signal, a deaf one only by stop', async (t) => {
  const plugin = pluginFor(t, { behaviour: 'hangs' });
  const hanging = start(plugin);
  const [call] = await plugin.called();
  assert.equal(call?.pid, hanging.pid);
  const ended = once(hanging, 'exit');
  hanging.kill('SIGTERM');
  assert.deepEqual(await ended, [null, 'SIGTERM']);
  await plugin.behave('hangs-deaf');
  const deaf = start(plugin);
  await plugin.called(2);
  const killed = once(deaf, 'exit');
  deaf.kill('SIGTERM');
  await plugin.stop();
  assert.deepEqual(await killed, [null, 'SIGKILL']);
});

test('a child left behind keeps stdout open until it is ended', async (t) => {
  const plugin = pluginFor(t, { behaviour: 'leaves-child' });
  const child = start(plugin);
  let closed = false;
  const close = once(child, 'close').then(() => {
    closed = true;
  });
  child.stdout?.resume();
  assert.deepEqual(await once(child, 'exit'), [0, null]);
  const [call] = await plugin.calls();
  assert.doesNotThrow(() => process.kill(call?.childPid ?? 0, 0));
  assert.equal(closed, false);
  await plugin.stop();
  await close;
});

test('a plugin that asks fails at the end of stdin and answers a line', async (t) => {
  const plugin = pluginFor(t, { behaviour: 'asks' });
  assert.deepEqual(await run(plugin), { status: 1, stdout: '' });
  const asked = spawn(plugin.command, { stdio: ['pipe', 'ignore', 'ignore'] });
  asked.stdin.end('secret\n');
  assert.deepEqual(await once(asked, 'close'), [0, null]);
  const [first, second] = await plugin.calls();
  assert.deepEqual([first?.typed, second?.typed], [undefined, 'secret']);
});

test('the kubeconfig entry runs the plugin, with what a test changes of it', (t) => {
  const plugin = pluginFor(t);
  assert.deepEqual(plugin.entry({ args: ['get-token'], interactiveMode: 'Never' }), {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: plugin.command,
    args: ['get-token'],
    interactiveMode: 'Never',
  });
});
