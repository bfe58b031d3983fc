import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { readPrivateFile, stampOf } from '../../src/files/hot-files.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const uid = process.geteuid?.();
const isRoot = uid === 0;

test('a private file of ours is read', (t) => {
  const path = join(temporaryDirectory(t), 'file');
  writeFileSync(path, 'tökén', { mode: 0o600 });
  assert.equal(readPrivateFile(path, uid, 100), 'tökén');
  assert.equal(readPrivateFile(path, undefined, 100), 'tökén');
});

test('an empty private file is read as nothing in it, not as none', (t) => {
  const path = join(temporaryDirectory(t), 'file');
  writeFileSync(path, '', { mode: 0o600 });
  assert.equal(readPrivateFile(path, uid, 100), '');
});

test('a file that others may read or write is not read', (t) => {
  const path = join(temporaryDirectory(t), 'file');
  writeFileSync(path, 'x');
  for (const mode of [0o644, 0o640, 0o604, 0o620, 0o602, 0o610, 0o601, 0o666]) {
    chmodSync(path, mode);
    assert.equal(readPrivateFile(path, uid, 100), null, mode.toString(8));
  }
  for (const mode of [0o600, 0o400, 0o700]) {
    chmodSync(path, mode);
    assert.equal(readPrivateFile(path, uid, 100), 'x', mode.toString(8));
  }
});

test('what is not a regular file is not read, and never waited for', (t) => {
  const directory = temporaryDirectory(t);
  const fifo = join(directory, 'fifo');
  execFileSync('mkfifo', ['-m', '600', fifo]);
  const folder = join(directory, 'folder');
  mkdirSync(folder, { mode: 0o700 });
  for (const path of [fifo, folder, '/dev/null', '/dev/zero']) {
    assert.equal(readPrivateFile(path, uid, 100), null, path);
  }
});

test('a link is not followed, not even to a private file of ours', (t) => {
  const directory = temporaryDirectory(t);
  const path = join(directory, 'file');
  writeFileSync(path, 'x', { mode: 0o600 });
  symlinkSync(path, join(directory, 'link'));
  symlinkSync(join(directory, 'nowhere'), join(directory, 'dangling'));
  assert.equal(readPrivateFile(join(directory, 'link'), uid, 100), null);
  assert.equal(readPrivateFile(join(directory, 'dangling'), uid, 100), null);
});

test('a file that is larger than expected, or absent, is not read', (t) => {
  const path = join(temporaryDirectory(t), 'file');
  writeFileSync(path, 'x'.repeat(101), { mode: 0o600 });
  assert.equal(readPrivateFile(path, uid, 100), null);
  assert.equal(readPrivateFile(path, uid, 101)?.length, 101);
  assert.equal(readPrivateFile(`${path}-absent`, uid, 100), null);
  assert.equal(readPrivateFile(`${path}/below`, uid, 100), null);
});

test(`another user's file is not read${isRoot ? '' : ' (by its id alone: to own one takes root)'}`, (t) => {
  const path = join(temporaryDirectory(t), 'file');
  writeFileSync(path, 'x', { mode: 0o600 });
  if (isRoot) chownSync(path, 12345, 12345);
  assert.equal(readPrivateFile(path, isRoot ? 0 : 12345, 100), null);
});

test("a file's stamp changes with its content, its time, its mode and its replacement", (t) => {
  const path = join(temporaryDirectory(t), 'file');
  writeFileSync(path, 'x');
  const seen = new Set([stampOf(path)]);
  const changes: (() => void)[] = [
    () => appendFileSync(path, 'y'),
    () => utimesSync(path, 1, 1),
    () => {
      copyFileSync(path, `${path}.new`);
      renameSync(`${path}.new`, path);
    },
  ];
  for (const change of changes) {
    change();
    const before = seen.size;
    seen.add(stampOf(path));
    assert.equal(seen.size, before + 1, String(change));
  }
});

test("reading a file does not change its stamp, and a link has its target's", (t) => {
  const directory = temporaryDirectory(t);
  const path = join(directory, 'file');
  writeFileSync(path, 'x');
  const before = stampOf(path);
  readFileSync(path);
  closeSync(openSync(path, 'r'));
  assert.equal(stampOf(path), before);
  symlinkSync(path, join(directory, 'link'));
  assert.equal(stampOf(join(directory, 'link')), before);
});

test("what is absent, or can't be looked at, has no stamp", (t) => {
  const directory = temporaryDirectory(t);
  const path = join(directory, 'file');
  writeFileSync(path, 'x');
  symlinkSync(join(directory, 'loop'), join(directory, 'loop'));
  for (const name of ['absent', 'file/below', 'loop', 'nul\0byte']) {
    assert.equal(stampOf(join(directory, name)), null, name);
  }
});

test('on Windows, where any user can make a path such as /proc/self/fd/0, nothing there is taken for stdin or the clock', () => {
  const module = pathToFileURL(join(import.meta.dirname, '../../src/files/hot-files.ts')).href;
  const code = `
    Object.defineProperty(process, 'platform', { value: 'win32' });
    const { bootId, readStdinAtOnce, uptimeMs } = await import(${JSON.stringify(module)});
    console.log(JSON.stringify([readStdinAtOnce(99), uptimeMs(), bootId()]));`;
  const args = ['--input-type=module', '-e', code];
  const said = execFileSync(process.execPath, args, { input: 'another.example.com\n', encoding: 'utf8' });
  assert.deepEqual(JSON.parse(said), [{ bytes: '', complete: false }, null, '']);
});
