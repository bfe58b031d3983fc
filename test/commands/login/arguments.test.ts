import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type LoginArguments,
  methodOptions,
  parseLoginArguments,
} from '../../../src/commands/login/arguments.ts';

const BROWSER = { kind: 'browser', port: 0, timeoutMs: 300_000, opensBrowser: true };

test('without a word it is the current context, by the browser, for five minutes', () => {
  assert.deepEqual(parseLoginArguments([]), {
    target: undefined,
    isAllExpiring: false,
    method: BROWSER,
    browserWords: [],
    revokeOld: false,
    certificateAuthority: undefined,
  });
});

test('each way to log in is told by its options', () => {
  const methodOf = (...args: string[]) => {
    const parsed = parseLoginArguments(args);
    return typeof parsed === 'string' ? parsed : parsed.method;
  };
  assert.deepEqual(methodOf('work', '--callback-port', '8000', '--timeout', '60', '--no-browser'), {
    kind: 'browser',
    port: 8000,
    timeoutMs: 60_000,
    opensBrowser: false,
  });
  assert.deepEqual(methodOf('-u', 'alice'), { kind: 'password', username: 'alice', fromStdin: false });
  assert.deepEqual(methodOf('--username=alice', '--password-stdin'), {
    kind: 'password',
    username: 'alice',
    fromStdin: true,
  });
  assert.deepEqual(methodOf('--token-stdin'), { kind: 'token' });
});

test('a secret among the words is refused, and not repeated', () => {
  const token = `sha256~${'k'.repeat(43)}`;
  for (const args of [
    ['--token', token],
    [`--token=${token}`],
    [token],
    ['--password', 'hunter2'],
    ['-p', 'hunter2'],
    ['-phunter2'],
    ['-u', 'alice', '-p=hunter2'],
  ]) {
    const said = parseLoginArguments(args);
    assert.equal(typeof said, 'string');
    assert.doesNotMatch(String(said), /kkkk|hunter2/);
    assert.match(String(said), /stdin/);
  }
  assert.match(String(parseLoginArguments(['-phunter2'])), /can be seen by others/);
});

test('what does not go together is told in a sentence', () => {
  const wrong: readonly string[][] = [
    ['a', 'b'],
    ['--all-expiring', 'a'],
    ['--all-expiring', '--token-stdin'],
    ['-u', 'alice', '--token-stdin'],
    ['-u', 'alice', '--no-browser'],
    ['--password-stdin'],
    ['-u', ''],
    ['--callback-port', '0'],
    ['--callback-port', '65536'],
    ['--timeout', '0'],
    ['--timeout', '-5'],
    ['--timeout', '3601'],
    ['--what'],
  ];
  for (const args of wrong) assert.match(String(parseLoginArguments(args)), /^[A-Z'-].*\.$/, args.join(' '));
});

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
