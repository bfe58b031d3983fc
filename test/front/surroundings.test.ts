import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { fairClock } from '../support/fair-clock.ts';
import { hasEnded } from '../support/has-ended.ts';
import { runHelper } from '../support/helper-program.ts';
import { inTime } from '../support/in-time.ts';
import { onceChanged } from '../support/once-changed.ts';
import { processesWith } from '../support/processes.ts';
import { CREDENTIAL, NOT_FOUND, type Place, placeWith, testOfFront } from './stand-in.ts';

const LATEST_MS = 6000;
const ANSWERING = `cat > /dev/null; echo '${CREDENTIAL.trim()}'`;
const isRoot = process.geteuid?.() === 0;

/** A pipe that is full, and that nobody reads: its writing end. */
function fullPipe(t: TestContext, { directory }: Place): number {
  const path = join(directory, 'full');
  execFileSync('mkfifo', [path]);
  const holder = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  const writer = openSync(path, constants.O_WRONLY);
  t.after(() => [holder, writer].map((fd) => closeSync(fd)));
  for (;;) {
    try {
      writeSync(holder, Buffer.alloc(4096));
    } catch (error) {
      assert.equal((error as NodeJS.ErrnoException).code, 'EAGAIN');
      return writer;
    }
  }
}

async function ended(child: ChildProcess) {
  const elapsed = fairClock();
  child.stdin?.on('error', () => {});
  child.stdin?.end('r.example.com');
  const out = child.stdout === null || child.stdout.destroyed ? '' : text(child.stdout);
  const [status, signal] = (await once(child, 'exit')) as [number | null, string | null];
  return { status, signal, stdout: await out, elapsedMs: elapsed() };
}

testOfFront('a stderr that is full keeps no answer, and no end of the process, back', async (t) => {
  for (const [main, answer, status] of [
    [`${ANSWERING}; head -c 300000 /dev/zero >&2`, CREDENTIAL, 0],
    ['exit 3', NOT_FOUND, 1],
    [undefined, NOT_FOUND, 1],
  ] as const) {
    await inTime(3000, async () => {
      const place = placeWith(t, main);
      const stdio = ['pipe', 'pipe', fullPipe(t, place)] as const;
      const result = await ended(spawn(place.front, ['get'], { env: place.env, stdio: [...stdio] }));
      assert.deepEqual([result.status, result.stdout], [status, answer]);
      return result;
    });
  }
});

testOfFront('a stdout that nobody reads any more, or that is full, ends in time', async (t) => {
  const place = placeWith(t, ANSWERING);
  const { env } = place;
  const unread = spawn(place.front, ['get'], { env, stdio: ['pipe', 'pipe', 'ignore'] });
  unread.stdout.destroy();
  assert.equal((await ended(unread)).status, 0);
  const full = spawn(place.front, ['get'], { env, stdio: ['pipe', fullPipe(t, place), 'ignore'] });
  assert.ok((await ended(full)).elapsedMs < LATEST_MS);
});

testOfFront('descriptors that come closed, in any mixture, are no reason to fail', async (t) => {
  const place = placeWith(t, ANSWERING);
  for (const closed of ['<&-', '2>&-', '<&- 2>&-', '>&-', '<&- >&- 2>&-']) {
    const command = ['/bin/sh', '-c', `exec "$0" "$@" ${closed}`, place.front] as const;
    const { status, stdout } = await runHelper({ command }, 'get', 'r.example.com', place);
    assert.deepEqual(
      [status, stdout],
      [0, closed.includes(' >&-') || closed === '>&-' ? '' : CREDENTIAL],
      closed,
    );
  }
});

testOfFront('tight limits end in one of the two answers', async (t) => {
  const place = placeWith(t, ANSWERING);
  for (const limit of [
    ...['fsize=0', 'fsize=1', 'cpu=1', 'as=3000000', 'as=20000', 'data=0', 'stack=16384', 'sigpending=0'],
    ...Array.from({ length: 16 }, (_, files) => `nofile=${files}`),
  ]) {
    const command = ['prlimit', `--${limit}`, place.front] as const;
    const { status, stdout, elapsedMs } = await runHelper({ command }, 'get', 'r.example.com', place);
    // With no room for a program at all the system starts none.
    if (status === null || status === 127 || status === 126) {
      assert.match(limit, /^(?:as|data|stack)=/);
      continue;
    }
    assert.equal(stdout, status === 0 ? CREDENTIAL : NOT_FOUND, limit);
    assert.ok(status <= 1 && elapsedMs < LATEST_MS, limit);
  }
});

testOfFront('where no process can be had there is "not found"', async (t) => {
  if (!isRoot) return t.skip('it takes root to be another user');
  const place = placeWith(t, ANSWERING);
  for (const path of [place.directory, join(place.directory, 'libexec')]) chownSync(path, 23_456, 23_456);
  const user = ['setpriv', '--reuid=23456', '--regid=23456', '--clear-groups'];
  for (const most of [1, 2, 3]) {
    const command = [...user, 'prlimit', `--nproc=${most}`, place.front] as unknown as readonly [string];
    const { status, stdout } = await runHelper({ command }, 'get', 'r.example.com', place);
    assert.equal(stdout, status === 0 ? CREDENTIAL : NOT_FOUND);
  }
});

testOfFront('whoever ends the front ends the main program and its group with it', async (t) => {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGKILL'] as const) {
    const place = placeWith(t, 'trap "" TERM; sleep 60 & touch started; wait; sleep 60');
    const child = spawn(place.front, ['get'], { env: place.env, cwd: place.directory });
    child.stdin.end('r.example.com');
    await onceChanged(place.directory, () => existsSync(join(place.directory, 'started')) || undefined);
    child.kill(signal);
    const [status, by] = await once(child, 'close');
    assert.deepEqual([status, by], [null, signal]);
    // After SIGKILL the front can end nobody: the main program goes with it, and what that started is left to it.
    for (const { pid, commandLine } of processesWith(`HOME=${place.directory} `)) {
      // On a busy machine one that was killed ends a little later.
      if (signal !== 'SIGKILL' || commandLine.includes('libexec')) assert.ok(await hasEnded(pid), signal);
      else process.kill(pid, 'SIGKILL');
    }
  }
});

testOfFront('a renewal that is started once the answer is out goes on', async (t) => {
  const renewal = `setsid sh -c 'touch begun; sleep 0.5; touch renewed' < /dev/null > /dev/null 2>&1 &`;
  const place = placeWith(t, `${ANSWERING}; ${renewal} until [ -e begun ]; do :; done`);
  assert.equal((await place.run('get', 'r.example.com')).stdout, CREDENTIAL);
  await onceChanged(place.directory, () => existsSync(join(place.directory, 'renewed')) || undefined);
});

testOfFront('variables that a runtime obeys do not reach it; all others do', async (t) => {
  const place = placeWith(t, 'env > got; exit 3');
  const env = {
    ...place.env,
    ...{
      BUN_OPTIONS: 'x',
      BUN_BE_BUN: '1',
      BUN_JSC_useJIT: '0',
      BUN_INSPECT: 'ws://x',
      BUN_INSPECT_NOTIFY: 'x',
    },
    ...{ BUN_INSTALL: '/kept', KUBECONFIG: '/kept', NODE_OPTIONS: '--kept' },
  };
  await place.run('get', 'r.example.com', { env });
  const got = readFileSync(join(place.directory, 'got'), 'utf8');
  assert.deepEqual([...got.matchAll(/^(?:BUN|KUBE|NODE)\w*/gm)].map(String).sort(), [
    'BUN_INSTALL',
    'KUBECONFIG',
    'NODE_OPTIONS',
  ]);
  // A runtime complains where it can't read these authorities; whoever reads them is told of them.
  for (const [path, isKept] of [
    ['/nowhere/at/all.pem', false],
    [place.front, true],
  ] as const) {
    await place.run('get', 'r.example.com', { env: { ...env, NODE_EXTRA_CA_CERTS: path } });
    const told = readFileSync(join(place.directory, 'got'), 'utf8');
    assert.equal(told.includes('NODE_EXTRA_CA_CERTS'), isKept, path);
  }
  assert.equal((await place.run('version', '', { env })).status, 3);
  assert.equal(readFileSync(join(place.directory, 'got'), 'utf8').includes('BUN_BE_BUN'), false);
});

testOfFront(
  'the main program is found from where the front is, by links, and in no other place',
  async (t) => {
    const place = placeWith(t, ANSWERING);
    const get = async (command: readonly [string, ...string[]], env: Record<string, string> = place.env) =>
      (await runHelper({ command }, 'get', 'r.example.com', { cwd: place.directory, env })).stdout;
    const elsewhere = join(place.directory, 'elsewhere');
    mkdirSync(elsewhere);
    symlinkSync(place.front, join(elsewhere, 'link'));
    symlinkSync('link', join(elsewhere, 'docker-credential-openshift'));
    assert.equal(await get([join(elsewhere, 'docker-credential-openshift')]), CREDENTIAL);
    assert.equal(
      await get(['/bin/sh', '-c', 'cd elsewhere && exec ./docker-credential-openshift "$@"', 'sh']),
      CREDENTIAL,
    );
    assert.equal(
      await get(['/bin/sh', '-c', `exec docker-credential-openshift "$@"`, 'sh'], {
        ...place.env,
        PATH: elsewhere,
      }),
      CREDENTIAL,
    );
    // Installed: bin and libexec side by side.
    mkdirSync(join(place.directory, 'bin'));
    const installed = join(place.directory, 'bin/docker-credential-openshift');
    renameSync(place.front, installed);
    assert.equal(await get([installed]), CREDENTIAL);
    // A copy alone finds nothing, whatever lies where it is started from.
    const alone = join(elsewhere, 'deep');
    mkdirSync(alone);
    copyFileSync(installed, join(alone, 'front'));
    assert.equal(
      await get([join(alone, 'front')], { ...place.env, PATH: join(place.directory, 'bin') }),
      NOT_FOUND,
    );
  },
);

testOfFront('a main program of somebody else’s in the directory above is not started', async (t) => {
  if (!isRoot) return t.skip('it takes root to give files away');
  const place = placeWith(t, ANSWERING);
  mkdirSync(join(place.directory, 'bin'));
  const installed = join(place.directory, 'bin/docker-credential-openshift');
  renameSync(place.front, installed);
  chownSync(place.main, 23_456, 23_456);
  const run = () => runHelper({ command: [installed] }, 'get', 'r.example.com', place);
  const refused = await run();
  assert.equal(refused.stdout, NOT_FOUND);
  assert.match(refused.stderr, /can't be started \(Permission denied\)/);
  chownSync(installed, 23_456, 23_456);
  assert.equal((await run()).stdout, CREDENTIAL);
});

testOfFront('a working directory that was deleted is no reason to fail', async (t) => {
  const place = placeWith(t, ANSWERING);
  mkdirSync(join(place.directory, 'gone'));
  const command = [
    '/bin/sh',
    '-c',
    'cd gone && rmdir ../gone && exec ../docker-credential-openshift "$@"',
    'sh',
  ] as const;
  assert.equal(
    (await runHelper({ command }, 'get', 'r.example.com', { ...place, cwd: place.directory })).stdout,
    CREDENTIAL,
  );
});

testOfFront('a command for people in a directory that was deleted says so, in our words', async (t) => {
  const place = placeWith(t, ANSWERING);
  const script = 'mkdir gone && cd gone && rmdir ../gone && exec ../docker-credential-openshift status';
  const run = { ...place, cwd: place.directory };
  const { status, stdout, stderr } = await runHelper({ command: ['/bin/sh', '-c', script] }, [], '', run);
  assert.deepEqual([status, stdout], [1, '']);
  assert.match(
    stderr,
    /^docker-credential-openshift: The directory [^\n]+ was deleted \[not-started\]\. [^\n]+ Run: cd\n$/,
  );
});

testOfFront(
  'a stdin that stays open is answered in time, and the main program is not bothered with it',
  async (t) => {
    const place = placeWith(t, 'touch started; exit 3');
    const cases = [
      [
        'get',
        1,
        NOT_FOUND,
        /^docker-credential-openshift: No registry host came in time: stdin stayed open \[late\]\. Run: /,
      ],
      ['store', 1, 'It could not be done in time: stdin stayed open [out-of-time]\n', /^$/],
      [
        'erase',
        0,
        '',
        /^docker-credential-openshift: It could not be done in time: stdin stayed open \[out-of-time\]\n$/,
      ],
    ] as const;
    const checks = cases.map(async ([verb, status, out, err]) => {
      const child = spawn(place.front, [verb], { env: place.env, cwd: place.directory });
      child.stdin.write('r.exam');
      const output = Promise.all([text(child.stdout), text(child.stderr)]);
      const elapsed = fairClock();
      const [ended] = await once(child, 'close');
      child.stdin.destroy();
      const [said, why] = await output;
      assert.deepEqual([ended, said], [status, out], verb);
      assert.match(why, err);
      assert.ok(elapsed() < LATEST_MS);
    });
    await Promise.all(checks);
    assert.equal(existsSync(join(place.directory, 'started')), false);
  },
);

testOfFront('a front tells its version without a main program', async (t) => {
  const { status, stdout } = await placeWith(t, undefined).run('--front', '');
  assert.equal(status, 0);
  assert.match(stdout, /^docker-credential-openshift front v\d+\.\d+\.\d+\n$/);
});
