import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { removeFile } from '../../src/files/remove-file.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

test('a file is removed once, and one that is not there is no error, nor is one below a file', async (t) => {
  const path = join(temporaryDirectory(t), 'file');
  writeFileSync(path, '');
  assert.equal(await removeFile(join(path, 'below')), false);
  assert.equal(await removeFile(path), true);
  assert.equal(existsSync(path), false);
  assert.equal(await removeFile(path), false);
});

test('what a killed writer of it left beside it goes with it, and nothing else', async (t) => {
  const directory = temporaryDirectory(t);
  const path = join(directory, 'file');
  for (const end of ['', '.0123456789ab.tmp', '.tmp', 'r.0123456789ab.tmp']) writeFileSync(path + end, '');
  await removeFile(path);
  assert.deepEqual(readdirSync(directory), ['file.tmp', 'filer.0123456789ab.tmp']);
});

test('what can’t be removed is named in a sentence', async (t) => {
  const path = join(temporaryDirectory(t), 'directory');
  mkdirSync(path);
  await assert.rejects(removeFile(path), {
    name: 'AppError',
    code: 'unusable-file',
    message: /^\/.*\/directory can't be removed: (?:it is a directory|not permitted)$/,
    fix: { run: `ls -ldL ${path}` },
  });
});
