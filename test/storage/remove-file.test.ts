import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { removeFile } from '../../src/storage/remove-file.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

test('a file is removed once, and one that is not there is no error, nor is one below a file', async (t) => {
  const path = join(temporaryDirectory(t), 'file');
  writeFileSync(path, '');
  assert.equal(await removeFile(join(path, 'below')), false);
  assert.equal(await removeFile(path), true);
  assert.equal(existsSync(path), false);
  assert.equal(await removeFile(path), false);
});

test('what can’t be removed is named in a sentence', async (t) => {
  const path = join(temporaryDirectory(t), 'directory');
  mkdirSync(path);
  await assert.rejects(removeFile(path), {
    name: 'AppError',
    code: 'unusable-file',
    message: /^\/.*\/directory can't be removed: (?:it is a directory|not permitted)$/,
    hint: `ls -ldL ${path}`,
  });
});
