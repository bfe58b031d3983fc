import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LoginArguments, parseLoginArguments } from '../../../src/commands/login/login-arguments.ts';
import { methodOptions } from '../../../src/commands/login/method-options.ts';

test('a command that is told in place of one that failed logs in the same way', () => {
  for (const [typed, options] of [
    [[], ''],
    [['--no-browser'], '--no-browser'],
    [['--token-stdin'], '--token-stdin'],
    [['--username', 'alice'], '-u alice'],
    [['-u', 'al ice', '--password-stdin'], "-u 'al ice' --password-stdin"],
  ] as const) {
    const { method } = parseLoginArguments(typed) as LoginArguments;
    assert.equal(methodOptions(method), options);
  }
});
