import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runToken } from '../../../src/commands/token/run-token.ts';
import { TOKEN, unexpected } from '../../support/identities.ts';

const NOW = Date.UTC(2026, 10, 21, 12);
const credential = {
  kind: 'credential',
  username: 'alice',
  secret: TOKEN,
  expiresAtMs: NOW + 8 * 3_600_000,
} as const;

/** Runs `token`; stdout may hold a secret here, stderr never. */
async function token(args: string[], more: Partial<Parameters<typeof runToken>[1]> = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const status = await runToken(args, {
    nowMs: () => NOW,
    isShown: false,
    decide: async () => ({ answer: credential, settings: undefined }),
    writeSecret: (text) => out.push(text),
    printError: (line) => err.push(line),
    ...more,
  });
  assert.ok(!err.some((line) => line.includes(TOKEN)));
  return { status, out, err };
}

test('the token alone is printed', async () => {
  assert.deepEqual(await token(['registry.example.com']), { status: 0, out: [TOKEN], err: [] });
});

test('at a terminal it is said what that is, and until when it is good', async () => {
  const { out, err } = await token(['registry.example.com'], { isShown: true });
  assert.deepEqual(out, [TOKEN]);
  assert.deepEqual(err, [
    'The token of alice for registry.example.com, valid until 2026-11-21 20:00 UTC (8 hours). Whoever has it can do what its owner can.',
  ]);
});

test('what should be heard beside the token goes to stderr', async () => {
  const warnings = [{ code: 'x', why: 'It ends tomorrow', fix: { run: 'login' } }];
  const { out, err } = await token(['a.example.com'], {
    decide: async () => ({ answer: credential, warnings, settings: undefined }),
  });
  assert.deepEqual([out, err], [[TOKEN], ['Warning: It ends tomorrow [x]. Run: login']]);
});

test('where `get` is anonymous nothing is printed but why, and what fixes it', async () => {
  const answer = {
    kind: 'anonymous',
    reasons: [{ code: 'x', why: 'It expired', fix: { run: 'login' } }],
  } as const;
  const decide = async () => ({ answer, settings: undefined });
  assert.deepEqual(await token(['a.example.com'], { decide }), {
    status: 1,
    out: [],
    err: ['a.example.com: It expired [x]. Run: login'],
  });
});

test('a host that no token goes to says so', async () => {
  const nothing = { kind: 'anonymous', reasons: [] } as const;
  const of = async (host: string, settings?: { anonymous: true }) =>
    (await token([host], { decide: async () => ({ answer: nothing, settings }) })).err;
  assert.deepEqual(await of('a.example.com'), [
    'a.example.com: no token goes there: it is linked to no cluster [not-linked]. If it is the registry of one of your clusters: docker-credential-openshift setup a.example.com',
  ]);
  assert.deepEqual(await of('docker.io'), [
    'docker.io: no token goes there: it is a public registry [not-linked]',
  ]);
  assert.deepEqual(await of('a.example.com', { anonymous: true }), [
    'a.example.com: no token goes there: the config keeps it anonymous [not-linked]',
  ]);
});

test('a wrong command line asks nobody', async () => {
  for (const args of [[], ['a.example.com', 'b.example.com'], ['--yes', 'a.example.com'], [TOKEN]]) {
    const { status, out, err } = await token(args, { decide: unexpected('decide') });
    assert.deepEqual([status, out, err.length], [2, [], 2], args.join(' '));
  }
});
