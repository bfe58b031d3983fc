import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runProgram } from '../../src/process/run-program.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const ENOUGH_MS = 10_000;

test('a program is run to its end, and one that is not there is missing', async (t) => {
  const path = join(temporaryDirectory(t), 'program');
  assert.equal(await runProgram(path, [], ENOUGH_MS), 'missing');
  writeFileSync(path, '#!/bin/sh\necho "$1"\nexit 3\n', { mode: 0o755 });
  assert.deepEqual(await runProgram(path, ['a b'], ENOUGH_MS), { status: 3, stdout: 'a b\n', stderr: '' });
});

test('what the system refuses to run has the status that it has in a shell', async (t) => {
  const path = join(temporaryDirectory(t), 'program');
  const refused = { status: 126, stdout: '', stderr: '' };
  writeFileSync(path, '#!/bin/sh\n', { mode: 0o644 });
  assert.deepEqual(await runProgram(path, [], ENOUGH_MS), refused);
});
