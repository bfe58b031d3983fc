import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  isThere,
  missingDirectories,
  readEngineFile,
  removeEngineFile,
} from '../../../src/engines/config-files/engine-file-on-disk.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

test('a file that another program changed since it was read is not removed', async (t) => {
  const path = join(temporaryDirectory(t), 'config.json');
  writeFileSync(path, '{}');
  const before = await readEngineFile(path);
  writeFileSync(path, '{ }');
  assert.equal(await removeEngineFile(before, []), false);
  assert.equal(await removeEngineFile(await readEngineFile(path), []), true);
  assert.equal(existsSync(path), false);
});

test('the missing directories are those below one that is there; below a file there are none', async (t) => {
  const root = temporaryDirectory(t);
  writeFileSync(join(root, 'file'), '');
  assert.deepEqual(await missingDirectories(join(root, 'a/b/config.json')), [
    join(root, 'a/b'),
    join(root, 'a'),
  ]);
  assert.deepEqual(await missingDirectories(join(root, 'file/a/config.json')), []);
});

test("whether what can't be read is a file is not guessed", async (t) => {
  const path = join(temporaryDirectory(t), 'config.json');
  assert.equal(await isThere(path), false);
  mkdirSync(path);
  await assert.rejects(isThere(path), { code: 'unusable-file' });
});
