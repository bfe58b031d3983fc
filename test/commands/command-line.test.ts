import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCommandLine } from '../../src/commands/command-line.ts';
import { COMMANDS } from '../../src/commands/commands.ts';

async function typed(args: readonly string[], status?: number) {
  const out: string[] = [];
  const err: string[] = [];
  const ran: string[] = [];
  const result = await runCommandLine(args, {
    print: (line) => out.push(line),
    printError: (line) => err.push(line),
    run: async (command, words) => {
      if (status === undefined) assert.fail('run was not expected');
      ran.push([command, ...words].join(' '));
      return status;
    },
  });
  return { result, out, err, ran };
}

test('a command is run with its own words, and its exit status is the result', async () => {
  const { result, ran } = await typed(['setup', 'registry.example.com', '--context', 'work'], 7);
  assert.deepEqual([result, ran], [7, ['setup registry.example.com --context work']]);
});

test('every command tells its usage by --help, by -h and by help COMMAND, and is not run', async () => {
  for (const name of Object.keys(COMMANDS)) {
    for (const args of [
      [name, '--help'],
      [name, 'x', '-h'],
      ['help', name],
    ]) {
      const { result, out } = await typed(args);
      assert.equal(result, 0);
      assert.match(out[0] ?? '', new RegExp(`^Usage: docker-credential-openshift ${name}`));
    }
  }
});

test('help names every command', async () => {
  const { out } = await typed(['help']);
  for (const name of Object.keys(COMMANDS)) assert.match(out.join('\n'), new RegExp(`openshift ${name} `));
});

test('a word that is close to a command is answered with it', async () => {
  const { result, err } = await typed(['setpu']);
  assert.deepEqual([result, err], [2, ['There is no such command. Did you mean `setup`?']]);
});
