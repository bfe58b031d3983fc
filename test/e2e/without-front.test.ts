import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { bundledHelper } from '../support/helper-program.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { bindByConfig, homeAtSandbox, loggedIn } from './helper-home.ts';

/** What runs where there is no native front: macOS, Windows, and a Linux whose build had no C compiler. */
const main = {
  command: [
    fileURLToPath(
      new URL('../../dist/libexec/docker-credential-openshift/docker-credential-openshift', import.meta.url),
    ),
  ],
} as const;
const isLinux = process.platform === 'linux';
const only = (title: string) => (isLinux ? title : `${title} (skipped: Linux alone has a front)`);

/** The end of a pipe that is full, and that nobody reads. */
function fullPipe(directory: string): number {
  const path = join(directory, 'full');
  execFileSync('mkfifo', [path]);
  const both = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  const chunk = Buffer.alloc(1024);
  try {
    for (;;) writeSync(both, chunk);
  } catch {
    // EAGAIN: now it is full.
  }
  return both;
}

test(only('an answer does not wait for whoever reads stderr'), { skip: !isLinux }, async (t) => {
  const sandbox = await runningSandbox(t);
  const home = await loggedIn(t, main, sandbox, 'sha256~unknown');
  await bindByConfig(home, sandbox);
  assert.notEqual((await home.run('get', sandbox.registryHost)).stderr, '');
  const pipe = fullPipe(home.directory);
  t.after(() => closeSync(pipe));
  // Opened anew, so that it is a pipe that waits.
  const stderr = openSync(join(home.directory, 'full'), constants.O_RDWR);
  t.after(() => closeSync(stderr));
  for (const verb of ['get', 'erase', 'list']) {
    const child = spawn(main.command[0], [verb], { env: home.env, stdio: ['pipe', 'pipe', stderr] });
    child.stdin?.end(sandbox.registryHost);
    let stdout = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    const status = await new Promise((resolve) => child.once('close', resolve));
    const answers = {
      get: [1, 'credentials not found in native keychain\n'],
      erase: [0, ''],
      list: [0, '{}\n'],
    };
    assert.deepEqual([status, stdout], answers[verb as keyof typeof answers], verb);
  }
});

for (const program of [main, bundledHelper]) {
  test(only(`an answer of ${program.command.at(-1)} does not wait for whoever has a socket as its stderr`), {
    skip: !isLinux,
  }, async (t) => {
    const sandbox = await runningSandbox(t);
    const home = await loggedIn(t, program, sandbox, 'sha256~unknown');
    await bindByConfig(home, sandbox);
    // Node's pipes are sockets; this one is full, and read no further.
    const script =
      'for size in 4096 1; do timeout 0.5 dd if=/dev/zero bs=$size >&2 2> /dev/null; done; exec "$@"';
    const command = ['-c', script, 'sh', ...program.command, 'get'];
    const child = spawn('/bin/sh', command, { env: home.env, stdio: 'pipe' });
    t.after(() => child.kill('SIGKILL'));
    child.stdin.end(sandbox.registryHost);
    const said = text(child.stdout);
    assert.deepEqual(await once(child, 'exit'), [1, null]);
    assert.equal(await said, 'credentials not found in native keychain\n');
    child.stderr.destroy();
  });
}

test(only('a limit for files changes neither an answer nor its status'), { skip: !isLinux }, async (t) => {
  const { sandbox, home } = await homeAtSandbox(t, main);
  const limited = { command: ['/bin/sh', '-c', 'ulimit -f 0; exec "$0" "$@"', main.command[0]] } as const;
  const { stdout, status } = await home.run('get', sandbox.registryHost);
  assert.equal(status, 0);
  const other = await loggedIn(t, limited, sandbox, home.token);
  const again = await other.run('get', sandbox.registryHost);
  assert.deepEqual([again.status, again.stdout], [0, stdout]);
  assert.equal(other.cached(sandbox.registryHost), undefined);
});
