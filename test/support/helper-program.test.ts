import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { helperPrograms, runHelper } from './helper-program.ts';

/** Tells its environment, what its stdin is, and what it reads from it. */
const witness = [
  process.execPath,
  '-e',
  `const { fstatSync, readFileSync } = require('node:fs');
   const { TOLD } = process.env;
   const stat = fstatSync(0);
   const kind = stat.isFIFO() ? 'pipe' : stat.isSocket() ? 'socket' : 'other';
   process.stdin.setEncoding('utf8').on('data', (text) => process.stdout.write([TOLD, process.env.PATH, kind, text].join()));
   process.exitCode = 3;`,
] as const;

for (const stdin of ['pipe', 'socket'] as const) {
  test(`a program gets a ${stdin} as its stdin, and no environment but the one given`, async () => {
    const ran = await runHelper({ command: witness }, [], 'registry.example.com', {
      env: { TOLD: 'yes' },
      stdin,
    });
    assert.equal(ran.stdout, `yes,,${stdin},registry.example.com`);
    assert.equal(ran.status, 3);
  });
}

for (const program of helperPrograms) {
  test(`the ${program.name} answers for a registry of no cluster`, async (context) => {
    const home = await mkdtemp(join(tmpdir(), 'helper-home-'));
    context.after(() => rm(home, { recursive: true }));
    const ran = await runHelper(program, 'get', 'registry.example.com', { env: { HOME: home } });
    assert.equal(ran.stdout, 'credentials not found in native keychain\n');
    assert.equal(ran.status, 1);
    assert.equal(ran.stderr, '');
  });
}
