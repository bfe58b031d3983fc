import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fakeBus, type Reply } from '../keychain/secret-service/fake-bus.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { createExecPlugin } from '../support/exec-plugin.ts';
import { type HelperProgram, helperPrograms } from '../support/helper-program.ts';
import { OFF_NETWORK } from '../support/off-network.ts';
import { watchProcesses } from '../support/processes.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { type HelperHome, helperHome, linkedHome } from './helper-home.ts';
import { store } from './storing.ts';

/** Why a crash can't be looked at here; undefined: it can. */
function whyNoCore(): string | undefined {
  if (process.platform !== 'linux') return 'needs Linux';
  const pattern = readFileSync('/proc/sys/kernel/core_pattern', 'utf8').trim();
  if (/^[|/]/.test(pattern)) return `core files go to ${pattern}`;
  return existsSync('/usr/bin/prlimit') ? undefined : 'needs util-linux';
}

function coresIn(directory: string): string[] {
  return readdirSync(directory).filter((name) => /^core(?:\.\d+)?$/.test(name));
}

function coreTest(title: string, run: (t: TestContext) => Promise<void>): void {
  const reason = whyNoCore();
  test(reason === undefined ? title : `${title} (skipped: ${reason})`, { skip: reason !== undefined }, run);
}

/** Starts the program with room for core files, crashes it once it has sent a secret, and waits for its end. */
async function crash(
  home: HelperHome,
  { command }: HelperProgram,
  sandbox: Sandbox,
  [words, input]: readonly [readonly string[], string],
): Promise<void> {
  sandbox.clearRequests();
  const asked = sandbox.received('useroauthaccesstokens');
  await crashOnce(asked, home, { command }, [words, input]);
}

/** Starts the program with room for core files, crashes it once it has asked, and waits for its end. */
async function crashOnce(
  asked: Promise<unknown>,
  home: Pick<HelperHome, 'env' | 'directory'>,
  { command }: Pick<HelperProgram, 'command'>,
  [words, input]: readonly [readonly string[], string],
): Promise<void> {
  // All of it is there at once, as engines have it: what is written into a socket's pair goes the slow way.
  const file = join(home.directory, 'stdin');
  writeFileSync(file, input);
  const stdin = openSync(file, 'r');
  const child = spawn('sh', ['-c', 'ulimit -c unlimited; exec "$@"', 'sh', ...command, ...words], {
    env: home.env,
    cwd: home.directory,
    stdio: [stdin, 'ignore', 'ignore'],
  });
  closeSync(stdin);
  const ended = once(child, 'exit');
  const isWaiting = await Promise.race([asked.then(() => true), ended.then(() => false)]);
  assert.ok(isWaiting, `${words.join(' ')} ended before it asked`);
  child.kill('SIGABRT');
  assert.deepEqual(await ended, [null, 'SIGABRT']);
}

for (const program of helperPrograms) {
  coreTest(`${program.name}: a crash leaves no core file, in which a secret could be`, async (t) => {
    const { sandbox, home } = await linkedHome(t, program);
    const typed = sandbox.issueOAuthToken({ user: 'bob' });
    const credential = { ServerURL: sandbox.registryHost, Username: 'bob', Secret: typed };
    sandbox.setDelay('useroauthaccesstokens', 4000);
    // A program without our care leaves one here.
    spawnSync('sh', ['-c', 'ulimit -c unlimited; kill -ABRT $$'], { cwd: home.directory });
    assert.equal(coresIn(home.directory).length, 1, 'the kernel writes core files');
    for (const core of coresIn(home.directory)) rmSync(join(home.directory, core));
    for (const [words, input] of [
      [['get'], sandbox.registryHost],
      [['store'], JSON.stringify(credential)],
      [['login', '--token-stdin'], typed],
      [['authfile', '--to', 'file', sandbox.registryHost], ''],
    ] as const) {
      await crash(home, program, sandbox, [words, input]);
      assert.deepEqual(coresIn(home.directory), [], `${words[0]} left a core file`);
    }
  });

  coreTest(`${program.name}: a crash while a stored secret is read leaves no core file either`, async (t) => {
    let hang: (() => void) | undefined;
    const secret = ['/item', ['/session', Buffer.of(), Buffer.from('correct-horse'), 'text/plain']] as const;
    const bus = await fakeBus(t, {
      OpenSession: ['vo', ['s', ''], '/session'],
      ReadAlias: ['o', '/collection'],
      Get: ['v', ['b', false]],
      CreateItem: ['oo', '/item', '/'],
      SearchItems: ['aoao', ['/item'], []],
      get GetSecrets(): Reply {
        if (hang === undefined) return ['a{o(oayays)}', [secret]];
        hang();
        return 'nothing';
      },
    });
    const home = helperHome(t, program, { ...OFF_NETWORK, ...bus.env });
    assert.equal((await store(home, 'registry.example.com', 'correct-horse')).status, 0);
    await home.get('registry.example.com');
    assert.match(JSON.stringify(home.cached('registry.example.com')), /"kind":"kept"/);
    const asked = new Promise<void>((resolve) => {
      hang = resolve;
    });
    await crashOnce(asked, home, program, [['get'], 'registry.example.com']);
    assert.deepEqual(coresIn(home.directory), []);
  });

  test(`${program.name}: no command line or environment holds a secret while one is stored and answered`, {
    skip: process.platform === 'linux' ? false : 'looks at processes by /proc',
  }, async (t) => {
    const sandbox = await runningSandbox(t);
    const home = helperHome(t, program);
    const own = sandbox.issueOAuthToken({ user: 'alice' });
    const plugin = createExecPlugin(home.directory, {
      status: { token: own },
      behaviour: 'answers-slowly',
      delayMs: 200,
    });
    await home.write(home.kubeconfigFile, sandbox.kubeconfig({ exec: plugin.entry() }));
    const binding = { server: sandbox.apiUrl, user: 'alice' };
    const registries = { [sandbox.registryHost]: binding };
    await home.write(home.configFile, JSON.stringify({ secrets: 'file', registries }));
    const env = { ...home.env, SEEN_BY: `test-${process.pid}-${program.command.length}` };
    const typed = sandbox.issueOAuthToken({ user: 'bob' });
    const credential = { ServerURL: sandbox.registryHost, Username: 'bob', Secret: typed };

    const watched = watchProcesses(env.SEEN_BY);
    const said: string[] = [];
    for (const [verb, input] of [
      ['get', sandbox.registryHost],
      ['store', JSON.stringify(credential)],
      ['list', 'unused'],
      ['get', sandbox.registryHost],
      ['renew', ''],
      ['erase', sandbox.registryHost],
    ] as const) {
      const { stdout, stderr } = await home.run(verb, input, { env });
      said.push(verb === 'get' ? stderr : stdout + stderr);
      if (verb === 'get') assert.match(stdout, /"Secret":"sha256~/);
    }
    const seen = await watched.stop();
    const lines = seen.map(({ commandLine }) => commandLine);
    for (const word of ['get', 'store', plugin.command]) {
      assert.ok(
        lines.some((line) => line.includes(word)),
        `${word} was seen`,
      );
    }
    for (const { commandLine, environment } of seen) said.push(commandLine, environment);
    for (const text of said) {
      for (const secret of [own, typed]) assert.ok(!text.includes(secret), 'a token is seen');
    }
  });
}
