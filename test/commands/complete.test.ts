import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CompletionNames, complete, completionLines } from '../../src/commands/complete.ts';
import { MAIN_ENGINES } from '../../src/engines/engines.ts';

const nobodyAsked: CompletionNames = {
  hosts: () => assert.fail('hosts were asked for'),
  contexts: () => assert.fail('contexts were asked for'),
};
const HOSTS = ['registry.example.com', 'registry.example.com:5000', 'other.example.com'];
const hosts: CompletionNames = { ...nobodyAsked, hosts: async () => HOSTS };
const contexts: CompletionNames = { ...nobodyAsked, contexts: async () => ['work', 'home'] };

async function texts(line: readonly string[], names = nobodyAsked): Promise<readonly string[]> {
  return (await complete(line, names)).map((offer) => (offer === 'file' ? ':file' : offer.text));
}

test('the first word is a command, and so is what help is asked of', async () => {
  assert.deepEqual(await texts(['se']), ['setup', 'service-account']);
  assert.ok((await texts([])).includes('version'));
  assert.deepEqual(await texts(['help', 'lo']), ['login', 'logout']);
  assert.deepEqual(await texts(['no-such-command', '']), []);
});

test('a word that stands for a host is a host, as often as the command takes one', async () => {
  assert.deepEqual(await texts(['setup', 'reg'], hosts), HOSTS.slice(0, 2));
  assert.deepEqual(await texts(['setup', 'registry.example.com', ''], hosts), HOSTS);
  assert.deepEqual(await texts(['setup', '--yes', 'o'], hosts), ['other.example.com']);
});

test('an option is offered until it was given, unless it may be given again', async () => {
  assert.deepEqual(await texts(['setup', '--t']), ['--timer']);
  assert.deepEqual(await texts(['setup', '--timer', '--t']), []);
  assert.ok(
    (await texts(['service-account', '--image-namespace', 'a', '--i'])).includes('--image-namespace'),
  );
});

test('the value of an option is what its declaration says', async () => {
  assert.deepEqual(await texts(['setup', '--context', 'w'], contexts), ['work']);
  assert.deepEqual(await texts(['setup', '--engine', '']), MAIN_ENGINES);
  assert.deepEqual(await texts(['login', '--certificate-authority', './']), [':file']);
  assert.deepEqual(await texts(['login', '--timeout', '']), []);
});

test('the words of a command have their places', async () => {
  assert.deepEqual(await texts(['service-account', '']), ['create', 'manifest']);
  assert.deepEqual(await texts(['service-account', 'create', '']), []);
  assert.deepEqual(await texts(['service-account', 'create', 'ci/robot', '--host', 'o'], hosts), [
    'other.example.com',
  ]);
});

test('a line is an offer, a tab and what it does; a name that a shell would read otherwise is left out', () => {
  const offers = [
    { text: 'a/b:c', does: 'context' },
    { text: 'a b', does: '' },
    { text: '$(x)', does: '' },
    'file',
  ] as const;
  assert.deepEqual(completionLines(offers), ['a/b:c\tcontext', ':file']);
});
