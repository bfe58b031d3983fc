import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readRegularFile } from '../../src/files/read-regular-file.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

test("someone else's file is read, also through a link, whoever may read it besides", async (t) => {
  const path = join(temporaryDirectory(t), 'file');
  writeFileSync(path, 'tökén', { mode: 0o644 });
  symlinkSync(path, `${path}-link`);
  assert.equal(await readRegularFile(path, 100), 'tökén');
  assert.equal(await readRegularFile(`${path}-link`, 100), 'tökén');
});

test('a file that is not there, or a link to nowhere, is an answer', async (t) => {
  const directory = temporaryDirectory(t);
  symlinkSync(join(directory, 'nowhere'), join(directory, 'dangling'));
  assert.equal(await readRegularFile(join(directory, 'absent'), 100), undefined);
  assert.equal(await readRegularFile(join(directory, 'dangling'), 100), undefined);
});

test("what can't be read is named, with the cause and a command; a FIFO is not waited for", async (t) => {
  const directory = temporaryDirectory(t);
  mkdirSync(join(directory, 'folder'));
  execFileSync('mkfifo', [join(directory, 'fifo')]);
  writeFileSync(join(directory, 'file'), 'x');
  symlinkSync(join(directory, 'loop'), join(directory, 'loop'));
  const causes = {
    folder: 'it is a directory',
    fifo: 'it is not a regular file',
    loop: 'its symbolic links form a loop',
    [`${'x'.repeat(300)}`]: 'its path is too long',
  };
  for (const [name, cause] of Object.entries(causes)) {
    const path = join(directory, name);
    await assert.rejects(readRegularFile(path, 2048), {
      code: 'unreadable-file',
      message: `${path} can't be read: ${cause}`,
      fix: { run: `ls -lL ${path}` },
    });
  }
  // There is no such file, as with HOME=/dev/null.
  assert.equal(await readRegularFile(join(directory, 'file/below'), 2048), undefined);
  const large = join(directory, 'large');
  writeFileSync(large, 'x'.repeat(3000));
  await assert.rejects(readRegularFile(large, 2048), {
    message: `${large} can't be read: it has 3 KiB, and 2 KiB are read at the most`,
    fix: { do: 'Take out of it what is not needed.' },
  });
  await assert.rejects(readRegularFile('/dev/zero', 2048), { message: /not a regular file/ });
});

test('a file that says nothing true of its size is read to its end or its limit, and one that fails is named', {
  skip: process.platform === 'linux' ? false : 'Linux alone has /proc',
}, async () => {
  assert.match((await readRegularFile('/proc/self/status', 100_000)) ?? '', /^Name:.*\n$/s);
  await assert.rejects(readRegularFile('/proc/self/status', 10), {
    message: "/proc/self/status can't be read: it has more than 1 KiB",
  });
  await assert.rejects(readRegularFile('/proc/self/mem', 2048), {
    code: 'unreadable-file',
    message: "/proc/self/mem can't be read: its disk or file system fails",
  });
});
