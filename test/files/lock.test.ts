import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { withLock, withLockFiles } from '../../src/files/lock.ts';
import { AppError } from '../../src/hosts/reason.ts';
import { bareFix } from '../support/bare-fix.ts';
import { inTime } from '../support/in-time.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { lockProcess } from './lock-process.ts';

const uid = process.geteuid?.();
const run = async () => 'ran';
const forbidden = async () => assert.fail('it ran beside another');

test('an action under a lock runs, and the lock is given back with nothing left', async (t) => {
  const directory = `${temporaryDirectory(t)}/locks`;
  for (const time of [1, 2]) assert.equal(await withLock(`${directory}/k`, 100, uid, async () => time), time);
  assert.deepEqual(readdirSync(directory), []);
});

test('a lock is given back when its action fails', async (t) => {
  const path = `${temporaryDirectory(t)}/locks/k`;
  const fail = async () => {
    throw new TypeError('a defect');
  };
  await assert.rejects(withLock(path, 100, uid, fail), TypeError);
  assert.equal(await withLock(path, 0, uid, run), 'ran');
});

test('while another process holds a lock nothing runs under it, and the wait is no longer than was said', async (t) => {
  const path = `${temporaryDirectory(t)}/locks/k`;
  const other = lockProcess(t, path, 0);
  assert.equal(await other.says(), 'held');
  const { elapsedMs } = await inTime(2000, async () => {
    const startedMs = performance.now();
    assert.equal(await withLock(path, 300, uid, forbidden), undefined);
    return { elapsedMs: performance.now() - startedMs };
  });
  assert.ok(elapsedMs > 200, `${elapsedMs} ms`);
  assert.equal(await withLock(path, 0, uid, forbidden), undefined);
  await other.release();
  assert.equal(await withLock(path, 0, uid, run), 'ran');
});

test('whoever waits gets the lock once it is given back', async (t) => {
  const path = `${temporaryDirectory(t)}/locks/k`;
  const first = lockProcess(t, path, 0);
  assert.equal(await first.says(), 'held');
  const second = lockProcess(t, path, 10_000);
  await first.release();
  assert.equal(await second.says(), 'held');
  assert.equal(await first.says(), 'done');
  await second.release();
  assert.equal(await second.says(), 'done');
});

test('the lock of a process that was killed is taken over at once', async (t) => {
  const path = `${temporaryDirectory(t)}/locks/k`;
  const killed = lockProcess(t, path, 0);
  assert.equal(await killed.says(), 'held');
  await killed.kill();
  assert.equal(await withLock(path, 1000, uid, run), 'ran');
});

test('of two processes that wait, one at a time gets the lock of one that was killed', async (t) => {
  const path = `${temporaryDirectory(t)}/locks/k`;
  const killed = lockProcess(t, path, 0);
  assert.equal(await killed.says(), 'held');
  await killed.kill();
  const waiting = [lockProcess(t, path, 10_000), lockProcess(t, path, 10_000)] as const;
  const [first, second] = waiting;
  const said = waiting.map((one) => one.says());
  const winner = await Promise.race([said[0]?.then(() => 0), said[1]?.then(() => 1)]);
  assert.equal(await withLock(path, 200, uid, forbidden), undefined);
  await (winner === 0 ? first : second).release();
  assert.deepEqual(await Promise.all(said), ['held', 'held']);
  await (winner === 0 ? second : first).release();
});

test('a lock that was left long ago by nobody known is taken over', async (t) => {
  const path = `${temporaryDirectory(t)}/locks/k`;
  await withLock(path, 0, uid, run);
  writeFileSync(`${path}.lock`, '');
  const ago = Date.now() / 1000 - 60;
  utimesSync(`${path}.lock`, ago, ago);
  assert.equal(await withLock(path, 500, uid, run), 'ran');
});

test('a lock from the future, as after a clock was set back, is taken over', async (t) => {
  const path = `${temporaryDirectory(t)}/locks/k`;
  await withLock(path, 0, uid, run);
  writeFileSync(`${path}.lock`, '');
  const ahead = Date.now() / 1000 + 600;
  utimesSync(`${path}.lock`, ahead, ahead);
  assert.equal(await withLock(path, 500, uid, run), 'ran');
});

test('locks of several keys do not wait for each other', async (t) => {
  const directory = `${temporaryDirectory(t)}/locks`;
  const nested = withLock(`${directory}/a`, 0, uid, () => withLock(`${directory}/b`, 0, uid, run));
  assert.equal(await nested, 'ran');
});

test('without a place for locks the action just runs', async (t) => {
  assert.equal(await withLock(null, 0, uid, run), 'ran');
  const file = `${temporaryDirectory(t)}/file`;
  writeFileSync(file, '');
  assert.equal(await withLock(`${file}/locks/k`, 0, uid, run), 'ran');
  assert.equal(existsSync(`${file}/locks`), false);
});

test('in a directory that others may look into, no lock is relied on: the action just runs', async (t) => {
  const directory = `${temporaryDirectory(t)}/locks`;
  mkdirSync(directory);
  chmodSync(directory, 0o777);
  assert.equal(await withLock(`${directory}/k`, 0, uid, run), 'ran');
  assert.deepEqual(readdirSync(directory), []);
});

test('the lock lies beside the file, as that of kubectl, and is gone afterwards', async (t) => {
  const path = join(temporaryDirectory(t), 'config');
  const seen = await withLockFiles([path], 0, uid, async () => readdirSync(join(path, '..')));
  assert.ok(seen.includes('config.lock'));
  assert.deepEqual(readdirSync(join(path, '..')), []);
});

test("kubectl's lock is waited for", async (t) => {
  const path = join(temporaryDirectory(t), 'config');
  writeFileSync(`${path}.lock`, '');
  const waiting = withLockFiles([path], 3000, uid, async () => 'done');
  setImmediate(() => unlinkSync(`${path}.lock`));
  assert.equal(await waiting, 'done');
});

test('a lock that is not given back is told with the command that removes it, and stays', async (t) => {
  const path = join(temporaryDirectory(t), 'config');
  const other = join(path, '..', 'a-config');
  writeFileSync(`${path}.lock`, '');
  const failing = withLockFiles([path, other], 60, uid, () => assert.fail('it was not locked'));
  await assert.rejects(failing, (error) => {
    assert.ok(error instanceof AppError);
    assert.equal(error.code, 'file-locked');
    assert.ok(bareFix(error.fix).endsWith(`rm -f ${path}.lock`));
    return true;
  });
  // The one that was taken before is given back.
  assert.deepEqual(readdirSync(join(path, '..')), ['config.lock']);
});

test('of many that want it one has it at a time', async (t) => {
  const path = join(temporaryDirectory(t), 'config');
  let inside = 0;
  const each = () =>
    withLockFiles([path], 10_000, uid, async () => {
      inside += 1;
      assert.equal(inside, 1);
      await new Promise(setImmediate);
      inside -= 1;
    });
  await Promise.all(Array.from({ length: 10 }, each));
});

test('a lock that a killed process of ours left behind is taken over', {
  skip: process.platform === 'win32',
}, async (t) => {
  const path = join(temporaryDirectory(t), 'config');
  const lockFile = new URL('../../src/files/lock.ts', import.meta.url);
  const script = `import { withLockFiles } from ${JSON.stringify(lockFile)};
    await withLockFiles([${JSON.stringify(path)}], 0, ${uid}, async () => process.kill(process.pid, 'SIGKILL'));`;
  const { signal } = spawnSync(process.execPath, ['--input-type=module', '-e', script]);
  assert.equal(signal, 'SIGKILL');
  assert.ok(readdirSync(join(path, '..')).includes('config.lock'));
  assert.equal(await withLockFiles([path], 0, uid, async () => 'done'), 'done');
  assert.deepEqual(readdirSync(join(path, '..')), []);
});
