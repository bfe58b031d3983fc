import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isForeignProgram } from '../../src/wiring/doctor/is-foreign-program.ts';
import { runProgram } from '../../src/wiring/run-program.ts';
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

test('a program for another processor is known by its header, and so is what is no program', (t) => {
  const path = join(temporaryDirectory(t), 'program');
  const header = (machine: number, isBigEndian = false) => {
    const bytes = Buffer.alloc(64);
    bytes.write('\x7fELF', 'latin1');
    bytes[5] = isBigEndian ? 2 : 1;
    if (isBigEndian) bytes.writeUInt16BE(machine, 18);
    else bytes.writeUInt16LE(machine, 18);
    return bytes;
  };
  const isForeign = (
    content: Buffer | string,
    arch: NodeJS.Architecture,
    platform = 'linux' as NodeJS.Platform,
  ) => {
    writeFileSync(path, content);
    return isForeignProgram(path, { platform, arch });
  };
  assert.equal(isForeign(header(62), 'x64'), false);
  assert.equal(isForeign(header(183), 'x64'), true);
  assert.equal(isForeign(header(183), 'arm64'), false);
  assert.equal(isForeign(header(22, true), 's390x'), false);
  assert.equal(isForeign('#!/bin/sh\n', 'x64'), false);
  assert.equal(isForeign('not found', 'x64'), true);
  assert.equal(isForeign('', 'x64'), true);
  assert.equal(isForeign('MZ', 'x64', 'win32'), false);
  assert.equal(isForeignProgram(`${path}-gone`, { platform: 'linux', arch: 'x64' }), false);
  assert.equal(isForeignProgram(process.execPath, process), false);
});
