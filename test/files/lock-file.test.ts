import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { withLockFiles } from '../../src/files/lock.ts';
import { AppError } from '../../src/hosts/reason.ts';
import { bareFix } from '../support/bare-fix.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const uid = process.geteuid?.();

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
