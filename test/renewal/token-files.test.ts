import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fingerprintOf } from '../../src/files/sign-outs.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { configFor, machineFor, type TestMachine } from './test-machine.ts';

const GETS = 20;

interface World {
  readonly sandbox: Sandbox;
  readonly machine: TestMachine;
  readonly file: string;
}

/** The config names a file that is to hold the host's token; the kubeconfig knows the cluster, and no login. */
async function machineWithTokenFile(t: TestContext): Promise<World> {
  const sandbox = await runningSandbox(t);
  const file = join(temporaryDirectory(t), 'token');
  return {
    sandbox,
    file,
    machine: machineFor(t, sandbox.kubeconfig(), configFor(sandbox, { tokenFile: file })),
  };
}

const BAD: readonly (readonly [what: string, make: (file: string) => void, fault: string])[] = [
  ['is not there', () => {}, 'is not there'],
  ['is empty', (file) => writeFileSync(file, ''), 'is empty'],
  ['holds a newline only', (file) => writeFileSync(file, '\n'), 'is empty'],
  ['is a directory', (file) => mkdirSync(file), "can't be read: it is a directory"],
  ['is a FIFO', (file) => execFileSync('mkfifo', [file]), "can't be read: it is not a regular file"],
  ['holds prose', (file) => writeFileSync(file, 'see the wiki'), 'holds no token'],
];

for (const [what, make, fault] of BAD) {
  test(`a token file that ${what} is named, with a command that shows it`, async (t) => {
    const { sandbox, machine, file } = await machineWithTokenFile(t);
    make(file);
    const { token, said } = await machine.answer(sandbox.registryHost);
    assert.equal(token, undefined);
    assert.ok(said.includes(file) && said.includes(fault), said);
    const fix = what === 'is not there' ? 'Put the token there, or correct the path.' : `Run: ls -lL ${file}`;
    assert.match(said, / \[(?:bad-token-file|unreadable-file)\]\. /);
    assert.ok(said.endsWith(fix), said);
    // Fixed, it serves at once.
    rmSync(file, { recursive: true, force: true });
    const fixed = sandbox.issueServiceAccountToken({ namespace: 'alice-ns', name: 'puller' });
    writeFileSync(file, fixed);
    assert.equal((await machine.answer(sandbox.registryHost)).token, fingerprintOf(fixed));
  });
}

test('a newline at the end of a token file is no part of the token', async (t) => {
  const { sandbox, machine, file } = await machineWithTokenFile(t);
  const token = sandbox.issueOAuthToken({ user: 'alice' });
  writeFileSync(file, `${token}\r\n`);
  assert.equal((await machine.answer(sandbox.registryHost)).token, fingerprintOf(token));
});

test('a token file that changes while it is read is answered whole or not at all', async (t) => {
  const { sandbox, machine, file } = await machineWithTokenFile(t);
  const account = { namespace: 'alice-ns', name: 'puller' };
  const tokens = [sandbox.issueServiceAccountToken(account), sandbox.issueServiceAccountToken(account)];
  let isWriting = true;
  const writer = (async () => {
    // In place, as a shell's redirection does: a reader may find it empty, or a part of it.
    for (let turn = 0; isWriting; turn++) await writeFile(file, tokens[turn % 2] ?? '');
  })();
  const fingerprints = [...tokens.map(fingerprintOf), undefined];
  try {
    for (let get = 0; get < GETS; get++) {
      const { token } = await machine.answer(sandbox.registryHost);
      assert.ok(fingerprints.includes(token), 'a token that nobody wrote');
    }
  } finally {
    isWriting = false;
    await writer;
  }
  const [last = ''] = tokens;
  await writeFile(file, last);
  await machine.forgetAnswers();
  assert.equal((await machine.answer(sandbox.registryHost)).token, fingerprintOf(last));
});
