import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runExecPlugin } from '../../src/cluster/run-exec-plugin.ts';
import { AppError } from '../../src/hosts/reason.ts';
import { plugin } from '../support/identities.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { CONNECTION, pluginFor, STATUS } from './running-plugin.ts';

async function complaint(running: Promise<unknown>): Promise<string> {
  const error = await running.then(
    () => assert.fail('it gave a token'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof AppError);
  assert.equal(error.code, 'exec-plugin');
  return error.message;
}

/** A plugin that prints a text and ends with a status. */
const printing = (stdout: string, status = 0) => {
  const entry = plugin({ command: '/bin/sh', args: ['-c', `printf %s "$OUT"; exit ${status}`] });
  return runExecPlugin(entry, CONNECTION, { OUT: stdout }, 10_000);
};
const credential = (fields: object) => JSON.stringify({ kind: 'ExecCredential', ...fields });

test('a plugin that fails is named, with its status and what it said on stderr, in one line', async (t) => {
  const { made, run } = pluginFor(t, { behaviour: 'fails' });
  assert.equal(
    await complaint(run()),
    `The exec plugin ${made.command} exited with 1: error: you must log in first`,
  );
});

test('a token that a failing plugin printed is not believed, and is not repeated', async (t) => {
  const { made, run } = pluginFor(t, { behaviour: 'fails-with-token' });
  assert.equal(await complaint(run()), `The exec plugin ${made.command} exited with 1`);
});

test('garbage is no credential, and is not repeated', async (t) => {
  const { made, run } = pluginFor(t, { behaviour: 'garbage' });
  assert.equal(await complaint(run()), `The exec plugin ${made.command} printed no ExecCredential`);
});

test('a plugin that asks for input gets none', async (t) => {
  const { made, run } = pluginFor(t, { behaviour: 'asks' });
  assert.equal(
    await complaint(run()),
    `The exec plugin ${made.command} exited with 1: Password: error: no password was given`,
  );
});

test("another kind, no token, half a certificate, and what can't stand in a header are refused", async () => {
  for (const [stdout, what] of [
    ['', 'printed no ExecCredential'],
    ['null', 'printed no ExecCredential'],
    ['{"kind":"Status","status":{"token":"t"}}', 'printed no ExecCredential'],
    [credential({}), 'gave no token'],
    [credential({ status: { token: '' } }), 'gave no token'],
    [credential({ status: { token: 7 } }), 'gave no token'],
    [credential({ status: { token: 'a\nb' } }), 'gave no token'],
    [credential({ status: { clientCertificateData: 'c' } }), 'gave no token'],
    [
      credential({ status: { token: 'a\nb', clientCertificateData: 'c', clientKeyData: 'k' } }),
      'gave no token',
    ],
  ] as const) {
    assert.equal(await complaint(printing(stdout)), `The exec plugin /bin/sh ${what}`, stdout);
  }
});

test('a plugin that waits for a person is ended as soon as it says so; one that only names an address is not', async (t) => {
  const { made, run } = pluginFor(t, { behaviour: 'waits-for-person' });
  const env = { DISPLAY: ':0', WAYLAND_DISPLAY: 'wayland-0', BROWSER: 'firefox' };
  // oc writes this hint for its own plugin (oc 4.16 and later, `oc login --exec-plugin=oc-oidc`).
  const installHint = 'Please be sure that oc is defined in $PATH to be executed as credential exec plugin';
  await assert.rejects(run({ entry: { installHint }, env, timeoutMs: 60_000 }), {
    code: 'exec-plugin-person',
    message: `The exec plugin ${made.command} waits for a person to log in in a browser`,
  });
  const [call] = await made.calls();
  assert.equal(call?.environment.DISPLAY, undefined);
  assert.equal(call?.environment.WAYLAND_DISPLAY, undefined);
  assert.equal(call?.environment.BROWSER, 'false');
  const quick = plugin({
    command: '/bin/sh',
    args: ['-c', 'echo "visiting https://sso.example.com" >&2; printf %s "$OUT"'],
  });
  const { token } = await runExecPlugin(quick, CONNECTION, { OUT: credential({ status: STATUS }) }, 10_000);
  assert.equal(token, STATUS.token);
});

test("a hint on how to install a plugin is given where it can't be run, as kubectl does, and nowhere else", async (t) => {
  const { made, run } = pluginFor(t, { behaviour: 'hangs' });
  await assert.rejects(run({ entry: { installHint: 'Put it on the PATH.' }, timeoutMs: 300 }), {
    code: 'exec-plugin-late',
    message: `The exec plugin ${made.command} did not answer within 0.3 s, and may be waiting for a person`,
  });
});

test('a certificate without a token is given as it is', async () => {
  const status = {
    clientCertificateData: 'c',
    clientKeyData: 'k',
    expirationTimestamp: '2030-01-01T00:00:00Z',
  };
  const given = await printing(credential({ status }));
  assert.deepEqual(given, {
    certificate: { cert: 'c', key: 'k' },
    expiresAtMs: Date.parse(status.expirationTimestamp),
  });
});

test('a command that is not there, or may not be run, is named with the help of the kubeconfig', async (t) => {
  const path = join(temporaryDirectory(t), 'plain');
  writeFileSync(path, '');
  const installHint = 'Install it from\n  https://example.com\n';
  const missing = plugin({ command: 'no-such-plugin', installHint });
  for (const person of [undefined, { stopped: new AbortController().signal }]) {
    await assert.rejects(runExecPlugin(missing, CONNECTION, { PATH: '/nowhere' }, 10_000, person), {
      code: 'exec-plugin-missing',
      message: "The exec plugin no-such-plugin can't be run (ENOENT) (Install it from https://example.com)",
      fix: { do: 'Install it, or put it on the PATH.' },
    });
    await assert.rejects(runExecPlugin(plugin({ command: path }), CONNECTION, {}, 10_000, person), {
      code: 'exec-plugin-missing',
      message: `The exec plugin ${path} can't be run (EACCES)`,
      fix: { do: 'Install it, or correct its path in the kubeconfig.' },
    });
  }
});

test('who is there to see what a plugin printed is sent to that, and to its own login', async () => {
  const entry = plugin({ command: '/bin/sh', args: ['-c', 'exit 3'] });
  const person = { stopped: new AbortController().signal };
  await assert.rejects(runExecPlugin(entry, CONNECTION, {}, 10_000, person), {
    message: 'The exec plugin /bin/sh exited with 3',
    fix: { do: 'What it printed above may say why. Log in with the plugin itself, then here again.' },
  });
  await assert.rejects(runExecPlugin(entry, CONNECTION, {}, 10_000), { fix: undefined });
});

test('a plugin that is killed is no success', async () => {
  const entry = plugin({ command: '/bin/sh', args: ['-c', 'kill -TERM $$'] });
  assert.equal(
    await complaint(runExecPlugin(entry, CONNECTION, {}, 10_000)),
    'The exec plugin /bin/sh was ended by SIGTERM',
  );
});

test('a plugin that prints without an end is ended', async () => {
  const entry = plugin({ command: '/bin/sh', args: ['-c', 'exec yes'] });
  assert.equal(
    await complaint(runExecPlugin(entry, CONNECTION, { PATH: process.env.PATH }, 10_000)),
    'The exec plugin /bin/sh printed more than 1 MB',
  );
});

test('a long complaint is cut to what fits on a line', async () => {
  const entry = plugin({ command: '/bin/sh', args: ['-c', 'printf "%0400d" 0 >&2; exit 3'] });
  const said = await complaint(runExecPlugin(entry, CONNECTION, { PATH: process.env.PATH }, 10_000));
  assert.equal(said, `The exec plugin /bin/sh exited with 3: ${'0'.repeat(300)}`);
});
