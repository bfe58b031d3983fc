import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type HelperProgram, helperPrograms } from '../support/helper-program.ts';
import { inTime } from '../support/in-time.ts';
import { anonymous, answerOf } from './answer-of.ts';
import { helperHome } from './helper-home.ts';

type Stdin = 'pipe' | number;

/** Runs `get` with this stdin; `feed` is called with its writing end, which stays open unless it ends it. */
async function runWith(
  program: HelperProgram,
  env: Readonly<Record<string, string>>,
  stdin: Stdin,
  feed: (write: (text: string | Buffer) => void, end: () => void) => void = () => {},
  verb = 'get',
) {
  const [command, ...args] = program.command;
  const startedMs = performance.now();
  const child = spawn(command, [...args, verb], { env, stdio: [stdin, 'pipe', 'pipe'] });
  // The program need not read all that it is sent.
  child.stdin?.on('error', () => {});
  feed(
    (text) => void child.stdin?.write(text),
    () => void child.stdin?.end(),
  );
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  const [status] = (await once(child, 'close')) as [number | null];
  child.stdin?.destroy();
  return { status, ...output, elapsedMs: performance.now() - startedMs };
}

for (const program of helperPrograms) {
  test(`${program.name}: what names no host is not found, without a word`, async (t) => {
    const home = helperHome(t, program);
    for (const text of [
      '',
      '\n',
      ' \n \n',
      '\0\0\0',
      'registry.example.com\0',
      'two words',
      'user:pass@registry.example.com',
      '\xff\xfe\xfd',
      'x'.repeat(60_000),
      `${'x'.repeat(300)}.example.com`,
      '{"ServerURL":"registry.example.com"}',
    ]) {
      for (const stdin of ['pipe', 'socket'] as const) {
        assert.deepEqual(answerOf(text, await home.run('get', text, { stdin })), anonymous());
      }
    }
  });

  test(`${program.name}: every spelling of a host that engines and people use is understood`, async (t) => {
    const home = helperHome(t, program);
    for (const host of [
      'https://registry.example.com',
      'http://registry.example.com/v2/',
      'registry.example.com/namespace',
      'REGISTRY.EXAMPLE.COM',
      'registry.example.com:5000',
      '[::1]:5000',
      'bücher.example.com',
      '127.0.0.1',
    ]) {
      await home.write(
        home.configFile,
        JSON.stringify({ registries: { [host]: { server: 'https://a.example' } } }),
      );
      assert.deepEqual(
        await home.get(host),
        anonymous(
          'No login to a.example in the kubeconfig [no-login]. Run: docker-credential-openshift login https://a.example',
        ),
        host,
      );
    }
  });

  test(`${program.name}: ten megabytes on stdin are not read to their end`, async (t) => {
    const { env } = helperHome(t, program);
    const result = await runWith(program, env, 'pipe', (write, end) => {
      write(Buffer.alloc(10 * 1024 * 1024, 'x'));
      end();
    });
    // At the deadline it would say that no host came.
    assert.deepEqual(answerOf('', result), anonymous());
  });

  test(`${program.name}: a first line is enough, also when stdin stays open`, async (t) => {
    const { env } = helperHome(t, program);
    const result = await runWith(program, env, 'pipe', (write) => write('registry.example.com\n'));
    // At the deadline it would say that no host came.
    assert.deepEqual(answerOf('', result), anonymous());
  });

  test(`${program.name}: a host that comes in pieces is waited for`, async (t) => {
    const home = helperHome(t, program);
    await home.write(
      home.configFile,
      JSON.stringify({ registries: { 'r.example.com': { server: 'https://a.example' } } }),
    );
    const result = await runWith(program, home.env, 'pipe', (write, end) => {
      write('r.exam');
      // It is late on purpose, for the program to read what is there before; nothing tells when it has.
      setTimeout(() => {
        write('ple.com');
        end();
      }, 300);
    });
    assert.match(answerOf('', result).said, /^No login to a\.example/);
  });

  test(`${program.name}: a stdin that stays open and empty is given up at the deadline`, async (t) => {
    const { env } = helperHome(t, program);
    const result = await runWith(program, env, 'pipe');
    assert.deepEqual(
      answerOf('', result),
      anonymous(
        'No registry host came in time: stdin stayed open [late]. Run: echo REGISTRY_HOST | docker-credential-openshift get',
      ),
    );
    assert.ok(result.elapsedMs > 3000);
  });

  test(`${program.name}: a stdin that stays open ends erase at its first line, and store at the deadline`, async (t) => {
    const { env, run } = helperHome(t, program);
    const version = () => run('version', '');
    const host = (write: (text: string) => void) => write('registry.example.com\n');
    const erased = await inTime(4000, () => runWith(program, env, 'pipe', host, 'erase'), version);
    assert.deepEqual([erased.status, erased.stdout, erased.stderr], [0, '', '']);
    const stored = await inTime(6000, () => runWith(program, env, 'pipe', host, 'store'), version);
    const said = 'It could not be done in time: stdin stayed open [out-of-time]\n';
    assert.deepEqual([stored.status, stored.stdout, stored.stderr], [1, said, '']);
  });

  test(`${program.name}: a stdin that is closed, a directory, a device or a file is no reason to fail`, async (t) => {
    const home = helperHome(t, program);
    const file = join(home.directory, 'request');
    writeFileSync(file, 'registry.example.com');
    for (const path of ['/dev/null', '/', '/dev/zero', file]) {
      const fd = openSync(path, 'r');
      const { said, token } = answerOf('', await runWith(program, home.env, fd));
      closeSync(fd);
      assert.equal(token, undefined);
      assert.doesNotMatch(said, /TypeError/, path);
    }
    const [command, ...args] = program.command;
    const closed = { command: ['/bin/sh', '-c', 'exec "$0" "$@" <&-', command, ...args] as const };
    const { env } = home;
    const result = await runWith({ ...program, ...closed }, env, 'pipe', (_write, end) => end());
    assert.deepEqual(answerOf('', result), anonymous());
  });

  test(`${program.name}: a person at a terminal is told the usage, and not waited for`, async (t) => {
    const { env } = helperHome(t, program);
    const command = [...program.command, 'get'].map((word) => `'${word}'`).join(' ');
    // `script` gives its command a terminal; its own stdin stays open, or it would type an end of file.
    const child = spawn('script', ['-qec', `${command}; echo status $?`, '/dev/null'], {
      env: { ...env, TERM: 'dumb' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    await once(child, 'close');
    child.stdin.destroy();
    assert.match(said, /Usage: echo REGISTRY_HOST \| docker-credential-openshift get\r?\n/);
    assert.match(said, /credentials not found in native keychain\r?\nstatus 1/);
  });
}
