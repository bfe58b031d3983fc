import assert from 'node:assert/strict';
import { test } from 'node:test';
import { helpOf } from '../../src/commands/commands.ts';
import { parseDoctorArguments } from '../../src/commands/doctor/parse-arguments.ts';
import { runLogout } from '../../src/commands/logout/run-logout.ts';
import { parseSetup } from '../../src/commands/setup/parse-setup.ts';
import { unexpected } from '../support/identities.ts';

test('-y is --yes in every command that asks before it does something, and the help says so', async () => {
  assert.deepEqual(parseDoctorArguments(['--fix', '-y']), parseDoctorArguments(['--fix', '--yes']));
  assert.deepEqual(parseSetup(['-y']), parseSetup(['--yes']));
  const said: string[] = [];
  const status = await runLogout(['-y'], {
    print: unexpected('print'),
    printError: (line) => said.push(line),
    terminal: { isInteractive: false, confirm: unexpected('confirm') },
    revocable: unexpected('revocable'),
    signOut: unexpected('signOut'),
    places: [],
    signInCommand: unexpected('signInCommand'),
  });
  assert.deepEqual([status, said[0]], [2, 'Which registry? Name at least one HOST.']);
  for (const name of ['doctor', 'setup', 'logout'] as const) assert.match(helpOf(name), /--yes, -y /);
});
