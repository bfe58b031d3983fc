import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eraseElsewhere as eraseAndSay } from '../../../src/engines/other-helpers.ts';
import type { HelperEnd, RunHelper } from '../../../src/process/run-program.ts';
import { unexpected } from '../../support/identities.ts';

const HOST = 'r.example.com';
const ended = (stdout = '', status = 0): HelperEnd => ({ kind: 'ended', status, stdout });

/** Erases, and returns what was said. */
async function eraseElsewhere(host: string, name: string, run: RunHelper): Promise<string[]> {
  const said: string[] = [];
  await eraseAndSay(host, name, run, (sentence) => said.push(sentence));
  return said;
}

/** A helper that keeps these keys. */
function helper(kept: object | null | string, erases: HelperEnd = ended()) {
  const erased: string[] = [];
  const run = async (_program: string, verb: 'list' | 'erase', input: string): Promise<HelperEnd> => {
    if (verb === 'list') return ended(typeof kept === 'string' ? kept : JSON.stringify(kept));
    erased.push(input);
    return erases;
  };
  return { run, erased };
}

test('whatever spelling another helper keeps the host in is erased, and nothing else', async () => {
  const { run, erased } = helper({ [HOST]: 'a', [`https://${HOST}/v1/`]: 'b', 'other.example.com': 'c' });
  assert.deepEqual(await eraseElsewhere(HOST, 'pass', run), [
    `docker-credential-pass: removed the stored login "${HOST}"`,
    `docker-credential-pass: removed the stored login "https://${HOST}/v1/"`,
  ]);
  assert.deepEqual(erased, [HOST, `https://${HOST}/v1/`]);
});

test('a helper that lists its items by their labels is asked to erase by the server in them', async () => {
  const { run, erased } = helper({
    [`Registry credentials for ${HOST}`]: 'a',
    'Registry credentials for other.example.com': 'b',
  });
  const name = 'secretservice';
  assert.deepEqual(await eraseElsewhere(HOST, name, run), [
    `docker-credential-secretservice: removed the stored login "${HOST}"`,
  ]);
  assert.deepEqual(erased, [HOST]);
});

test('a helper that has nothing, or is not there, is left alone', async () => {
  for (const kept of [{}, null]) assert.deepEqual(await eraseElsewhere(HOST, 'pass', helper(kept).run), []);
  assert.deepEqual(await eraseElsewhere(HOST, 'pass', async () => ({ kind: 'missing' })), []);
});

test('a name that leads elsewhere starts no program', async () => {
  for (const name of ['../x', 'a/b', '-x', 'a b', ''])
    assert.deepEqual(await eraseElsewhere(HOST, name, unexpected('run')), []);
});

test('a helper that fails, hangs or speaks nonsense may still keep the login, and that is said', async () => {
  await assert.rejects(eraseElsewhere(HOST, 'pass', helper('pass is not set up').run), {
    message: `docker-credential-pass may still keep a login for ${HOST}: its \`list\` failed`,
    fix: { do: 'See what it says by itself: docker-credential-pass list' },
  });
  await assert.rejects(eraseElsewhere(HOST, 'pass', helper('5').run), /its `list` failed$/);
  await assert.rejects(
    eraseElsewhere(HOST, 'pass', async () => ({ kind: 'late' })),
    /it did not answer in time$/,
  );
  await assert.rejects(eraseElsewhere(HOST, 'pass', helper({ [HOST]: 'a' }, ended('', 1)).run), {
    fix: { do: `See what it says by itself: echo ${HOST} | docker-credential-pass erase` },
  });
});
