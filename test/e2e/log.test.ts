import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { logFiles, readLog } from '../../src/files/log-file.ts';
import { fingerprintOf } from '../../src/files/sign-outs.ts';
import { createExecPlugin } from '../support/exec-plugin.ts';
import { compiledHelper, helperPrograms } from '../support/helper-program.ts';
import { leavePrinted } from '../support/printed-commands.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { startConnectProxy } from '../support/test-proxy.ts';
import { bindByConfig, type HelperHome, helperHome, homeAtSandbox, loggedIn } from './helper-home.ts';

type Line = Readonly<Record<string, unknown>> & { readonly event: string; readonly run: string };

const stateOf = ({ directory }: HelperHome) => join(directory, '.local/state/docker-credential-openshift');
const linesOf = (home: HelperHome): Line[] =>
  readLog(stateOf(home), process.geteuid?.()).map((line) => JSON.parse(line));
const logging = (home: HelperHome, level: string, more: Readonly<Record<string, string>> = {}) => ({
  env: { ...home.env, DOCKER_CREDENTIAL_OPENSHIFT_LOG: level, ...more },
});
const eventsOf = (lines: readonly Line[]) => lines.map(({ event }) => event);

for (const program of helperPrograms) {
  test(`${program.name}: the log says what each get did, whose login it chose and why, and what it asked`, async (t) => {
    const { sandbox, home, host } = await homeAtSandbox(t, program);
    for (const time of [1, 2]) {
      const { token } = await home.get(host, logging(home, 'debug'));
      assert.equal(token, fingerprintOf(home.token), `time ${time}`);
    }
    const lines = linesOf(home);
    const runs = [...new Set(lines.map(({ run }) => run))];
    assert.equal(runs.length, 2, 'what is kept is decided anew, since nobody logs what is repeated');
    const [first] = runs.map((run) => lines.filter((line) => line.run === run));
    const told = (first ?? []).filter(({ event }) => event !== 'asked');
    assert.deepEqual(eventsOf(told), ['started', 'resolved', 'decided', 'answered', 'ended']);
    const [started, resolved, decided, answered, ended] = told;
    assert.equal(started?.command, 'get');
    assert.deepEqual(
      [resolved?.host, resolved?.state, resolved?.binding, resolved?.server, resolved?.source],
      [host, 'own', 'by-claim', sandbox.apiUrl, 'token'],
    );
    assert.equal(resolved?.chosen, 'current-context');
    assert.equal(decided?.outcome, 'credential');
    assert.equal(answered?.outcome, 'credential');
    assert.equal(ended?.status, 0);
    const asked = (first ?? []).filter(({ event }) => event === 'asked');
    assert.ok(asked.length >= 2);
    for (const { origin, status, path, ms } of asked) {
      assert.ok([sandbox.apiUrl, `https://${host}`].includes(String(origin)), String(origin));
      assert.equal(typeof status, 'number');
      assert.match(String(path), /^\/[^?]*$/);
      assert.ok(Number(ms) >= 0);
    }
    const info = linesOf(home).length;
    await home.get(host, logging(home, 'info'));
    assert.ok(!eventsOf(linesOf(home).slice(info)).includes('asked'), 'requests are for debug alone');
  });

  test(`${program.name}: off, empty or what is no level makes no file, and an answer is repeated as without it`, async (t) => {
    const { sandbox, home, host } = await homeAtSandbox(t, program);
    for (const level of ['off', '', 'DEBUG', 'yes']) {
      await home.get(host, logging(home, level));
      sandbox.clearRequests();
      assert.equal((await home.get(host, logging(home, level))).token, fingerprintOf(home.token));
      assert.deepEqual(sandbox.requests, [], `${level}: it is repeated`);
    }
    assert.ok(!existsSync(logFiles(stateOf(home))[0]));
    // What was decided while the log was on is repeated once it is off.
    rmSync(join(home.directory, '.cache'), { recursive: true });
    await home.get(host, logging(home, 'info'));
    sandbox.clearRequests();
    assert.equal((await home.get(host)).token, fingerprintOf(home.token));
    assert.deepEqual(sandbox.requests, []);
  });
}

test("a log that can't be written changes no answer", async (t) => {
  const sandbox = await runningSandbox(t);
  const faults: Record<string, (state: string) => void> = {
    'a directory in its place': (state) => mkdirSync(logFiles(state)[0], { recursive: true }),
    'a link to a full device': (state) => symlinkSync('/dev/full', logFiles(state)[0]),
    'a directory that others may change': (state) => chmodSync(state, 0o777),
    'a file in the place of the directory': (state) => {
      rmSync(state, { recursive: true });
      writeFileSync(state, '');
    },
  };
  for (const [name, spoil] of Object.entries(faults)) {
    const home = await loggedIn(t, compiledHelper, sandbox);
    mkdirSync(stateOf(home), { recursive: true, mode: 0o700 });
    spoil(stateOf(home));
    const answer = await home.get(sandbox.registryHost, logging(home, 'debug'));
    assert.deepEqual([answer.token, answer.said], [fingerprintOf(home.token), ''], name);
  }
});

test('a word that is no command, which may be a token, is not logged', async (t) => {
  const home = helperHome(t, compiledHelper);
  await home.run(['PASTED-IN-HASTE'], '', logging(home, 'debug'));
  assert.deepEqual(
    linesOf(home).map(({ event, command, status }) => [event, command ?? status]),
    [
      ['started', 'other'],
      ['ended', 2],
    ],
  );
});

test('erase, store, renew and minting are logged with what came of them', async (t) => {
  const sandbox = await runningSandbox(t);
  const home = await loggedIn(t, compiledHelper, sandbox, sandbox.issueOAuthToken({ user: 'kube:admin' }));
  const host = sandbox.registryHost;
  await home.write(
    home.configFile,
    JSON.stringify({ registries: { [host]: { server: sandbox.apiUrl, serviceAccount: 'alice-ns/robot' } } }),
  );
  const create = ['service-account', 'create', 'alice-ns/robot', '--host', host];
  const created = await home.run(create, '', logging(home, 'info'));
  assert.equal(created.status, 0, created.stderr);
  await home.run(['renew', host], '', logging(home, 'info'));
  await home.run('erase', host, logging(home, 'info'));
  await home.run('store', '{"ServerURL":"quay.io"}', logging(home, 'info'));
  const typed = { ServerURL: 'quay.io', Username: 'alice', Secret: 'TYPED-PASSWORD' };
  await home.run(
    'store',
    JSON.stringify(typed),
    logging(home, 'info', { DOCKER_CREDENTIAL_OPENSHIFT_SECRETS: 'file' }),
  );
  const outcomes = (event: string) =>
    linesOf(home).flatMap((line) => (line.event === event ? [[line.host, line.outcome]] : []));
  assert.ok(outcomes('minted').some(([, outcome]) => outcome === 'minted'));
  assert.deepEqual(outcomes('renewed'), [[host, 'good']]);
  assert.deepEqual(outcomes('erased'), [[host, 'done']]);
  assert.deepEqual(outcomes('stored'), [['quay.io', 'done']]);
  for (const { event, ms } of linesOf(home))
    if (['minted', 'renewed', 'erased', 'stored', 'decided'].includes(event)) assert.ok(Number(ms) >= 0);
});

test('no secret of any place gets into the log, or into the report that takes it along', async (t) => {
  const sandbox = await runningSandbox(t, { registryHostNames: ['api.example.test'] });
  const host = sandbox.registryHost;
  // None of these looks like a secret but the tokens: what does not look so must not come near the log.
  const canaries = {
    proxy: 'canary-proxy-password',
    kubeconfigProxy: 'canary-jump-password',
    pluginEnv: 'canary-plugin-variable',
    pluginArgument: 'canary-plugin-argument',
    pluginSays: 'canary-plugin-complaint',
    environment: 'canary-environment-token',
    stored: 'canary-stored-password',
    auth: 'canary-auth-password',
    typed: `sha256~${'C'.repeat(43)}`,
  };
  const home = await loggedIn(t, compiledHelper, sandbox);
  const { port } = new URL(sandbox.apiUrl);
  const proxy = await startConnectProxy(t, `me:${canaries.kubeconfigProxy}`);
  const elsewhere = `https://api.example.test:${port}`;
  const log = (more: Readonly<Record<string, string>> = {}) =>
    logging(home, 'debug', {
      HTTPS_PROXY: `http://me:${canaries.proxy}@127.0.0.1:1`,
      DOCKER_CREDENTIAL_OPENSHIFT_SECRETS: 'file',
      ...more,
    });
  const auth = Buffer.from(`alice:${canaries.auth}`).toString('base64');
  await home.write(
    join(home.directory, '.docker/config.json'),
    JSON.stringify({ auths: { [host]: { auth }, 'quay.io': { auth, identitytoken: canaries.auth } } }),
  );
  // A login that is good, by a proxy that has a password.
  await bindByConfig(home, sandbox, { server: elsewhere });
  const kubeconfig = sandbox.kubeconfig({ token: home.token }).replace(sandbox.apiUrl, elsewhere);
  const jump = `http://me:${canaries.kubeconfigProxy}@127.0.0.1:${proxy.port}`;
  await home.write(
    home.kubeconfigFile,
    kubeconfig.replace(/^( *)server: /m, (line, indent) => `${indent}proxy-url: ${jump}\n${line}`),
  );
  await home.get(host, log());
  // A plugin that complains, in words that are its own.
  const plugin = createExecPlugin(home.directory, { status: { token: canaries.typed } });
  const script = join(home.directory, 'complain');
  writeFileSync(script, `#!/bin/sh\necho ${canaries.pluginSays} >&2\necho ${canaries.pluginSays}\nexit 1\n`);
  chmodSync(script, 0o755);
  const exec = plugin.entry({
    command: script,
    args: [canaries.pluginArgument],
    env: [{ name: 'SECRET_ONE', value: canaries.pluginEnv }],
  });
  await home.write(home.kubeconfigFile, sandbox.kubeconfig({ exec }));
  await bindByConfig(home, sandbox);
  await home.get(host, log());
  await home.run(['renew', host], '', log());
  // One that gives a token, which the cluster refuses.
  await home.write(home.kubeconfigFile, sandbox.kubeconfig({ exec: plugin.entry() }));
  await home.get(host, log());
  // The environment's, and what is typed.
  const alone = {
    DOCKER_CREDENTIAL_OPENSHIFT_SERVER: sandbox.apiUrl,
    DOCKER_CREDENTIAL_OPENSHIFT_TOKEN: canaries.environment,
    DOCKER_CREDENTIAL_OPENSHIFT_REGISTRIES: host,
  };
  await home.get(host, log(alone));
  for (const secret of [canaries.stored, canaries.typed]) {
    await home.run('store', JSON.stringify({ ServerURL: host, Username: 'bob', Secret: secret }), log());
    await home.get(host, log());
  }
  await home.run(['status'], '', log());
  await home.run(['login', `https://me:${canaries.proxy}@api.example.test`], '', log());
  const report = join(home.directory, 'report.md');
  await home.run(['doctor', '--bundle', report], '', log(alone));
  await home.run('erase', host, log());
  await home.run(['logout', host, '--yes'], '', log());
  // No command that was printed makes such a plugin give a token.
  leavePrinted();

  const written = readdirSync(stateOf(home)).filter((name) => name.startsWith('log'));
  assert.deepEqual(written, ['log.jsonl']);
  const text = readFileSync(logFiles(stateOf(home))[0], 'utf8');
  const bundle = readFileSync(report, 'utf8');
  assert.ok(text.includes(`http://127.0.0.1:${proxy.port}`), 'the proxy is told, without its password');
  assert.ok(text.includes('"event":"plugin-run"'));
  assert.ok(bundle.includes('"event":"plugin-run"'), 'the report takes the log along');
  assert.doesNotMatch(bundle, /(?<![\w-])alice(?![\w-])/, 'and no name of a user');
  for (const [name, secret] of Object.entries({ ...canaries, token: home.token, base64: auth })) {
    assert.ok(!text.includes(secret), `${name} is in the log`);
    assert.ok(!bundle.includes(secret), `${name} is in the report`);
  }
});

test('a log of no known kind is told once by what a person types, and by nothing that an engine or a shell starts', async (t) => {
  const home = helperHome(t, compiledHelper);
  const asked = logging(home, 'hunter2');
  const told = 'DOCKER_CREDENTIAL_OPENSHIFT_LOG asks for a log of no known kind';
  const { stdout, stderr } = await home.run(['status'], '', asked);
  assert.deepEqual([stdout.includes(told), stderr.split(told).length], [false, 2]);
  assert.ok(!stderr.includes('hunter2'));
  for (const verb of ['get', 'list', 'erase', ['complete', 'st']]) {
    const run = await home.run(verb, 'quay.io', asked);
    assert.ok(!(run.stdout + run.stderr).includes('_LOG'), String(verb));
  }
  for (const level of ['', 'off', 'info', 'debug'])
    assert.ok(!(await home.run(['status'], '', logging(home, level))).stderr.includes(told), level);
});
