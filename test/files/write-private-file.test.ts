import assert from 'node:assert/strict';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { writePrivateFile } from '../../src/files/write-private-file.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const uid = process.geteuid?.();

test('a file is written whole, for its owner alone, with nothing left beside it', async (t) => {
  const path = join(temporaryDirectory(t), 'ours', 'file');
  for (const lasting of [true, false]) {
    assert.equal(await writePrivateFile(path, `lasting: ${lasting}`, uid, lasting), true);
    assert.equal(readFileSync(path, 'utf8'), `lasting: ${lasting}`);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(join(path, '..')), ['file']);
  }
});

test('a file that is there is replaced, and whoever reads the old one goes on reading it', async (t) => {
  const path = join(temporaryDirectory(t), 'file');
  writeFileSync(path, 'old', { mode: 0o644 });
  const before = statSync(path).ino;
  assert.equal(await writePrivateFile(path, 'new', uid, false), true);
  assert.notEqual(statSync(path).ino, before);
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test('what an earlier writer was killed with goes, and what another writes just now stays', async (t) => {
  const directory = temporaryDirectory(t);
  const names = ['file.0123456789ab.tmp', 'file.ba9876543210.tmp'] as const;
  for (const name of names) writeFileSync(join(directory, name), 'a secret');
  utimesSync(join(directory, names[0]), 1e9, 1e9);
  assert.equal(await writePrivateFile(join(directory, 'file'), 'new', uid, true), true);
  assert.deepEqual(readdirSync(directory), ['file', names[1]]);
});

test('a link is replaced, and what it leads to stays as it was', async (t) => {
  const directory = temporaryDirectory(t);
  const target = join(directory, 'target');
  writeFileSync(target, 'old');
  symlinkSync(target, join(directory, 'link'));
  assert.equal(await writePrivateFile(join(directory, 'link'), 'new', uid, false), true);
  assert.equal(readFileSync(target, 'utf8'), 'old');
  assert.equal(readFileSync(join(directory, 'link'), 'utf8'), 'new');
});

test('what can not be written is no error, and leaves nothing behind', async (t) => {
  const directory = temporaryDirectory(t);
  mkdirSync(join(directory, 'file'));
  assert.equal(await writePrivateFile(join(directory, 'file'), 'x', uid, false), false);
  assert.deepEqual(readdirSync(directory), ['file']);
  assert.equal(await writePrivateFile('/proc/ours/file', 'x', uid, false), false);
});

test('of many who write at once, one wins and none is torn', async (t) => {
  const path = join(temporaryDirectory(t), 'file');
  const texts = Array.from({ length: 20 }, (_, index) => String(index).repeat(20_000));
  const written = await Promise.all(texts.map((text) => writePrivateFile(path, text, uid, false)));
  assert.ok(written.every(Boolean));
  assert.ok(texts.includes(readFileSync(path, 'utf8')));
  assert.deepEqual(readdirSync(join(path, '..')), ['file']);
});
