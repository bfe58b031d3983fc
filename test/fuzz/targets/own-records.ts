import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readAnswerFile } from '../../../src/files/answer-file.ts';
import { readClaimFile, readKeptToken } from '../../../src/files/kept-tokens.ts';
import { createReachability } from '../../../src/files/reachability.ts';
import { formatReady, type ReadyWorld, readReady } from '../../../src/files/ready-record.ts';
import { readSignOuts } from '../../../src/files/sign-outs.ts';
import { answerEnvironment } from '../../../src/hosts/cached-answer.ts';
import { once } from '../../../src/hosts/once.ts';
import { readRecordAsItIs, storedLoginIn } from '../../../src/keychain/login-records.ts';
import { type Target, TOKEN } from '../target.ts';

const HOST = 'registry.example.com';
const KEY = '000102030405060708090a0b0c0d0e0f';
const MOMENT = { wallMs: 1_800_000_000_000, uptimeMs: 5000 };
const env = { HOME: '/home/alice', KUBECONFIG: 'relative' };

const world: ReadyWorld = {
  env,
  uid: 1000,
  key: KEY,
  now: { wallMs: MOMENT.wallMs + 1000, uptimeMs: 6000 },
  bootId: 'start',
  workingDirectory: () => '/work dir',
  stampOf: (path) => (path.length % 2 === 0 ? null : '1:2:3:4:5'),
};
const ready = {
  host: HOST,
  decidedAt: MOMENT,
  bootId: 'start',
  untilMs: MOMENT.wallMs + 300_000,
  environment: answerEnvironment(env, 1000, () => '/work dir', KEY),
  sources: [
    ['/a', null],
    ['/ab', '1:2:3:4:5'],
  ] as const,
};
const OUT = JSON.stringify({ ServerURL: HOST, Username: 'alice', Secret: TOKEN });
const READY = [
  formatReady({ ...ready, answer: { kind: 'said', status: 0, out: OUT, err: '' } }),
  formatReady({ ...ready, answer: { kind: 'said', status: 1, out: 'not found', err: 'why' } }),
  formatReady({
    ...ready,
    answer: { kind: 'kept', username: 'u', id: '1', where: 'file', expiresAtMs: null },
  }),
].map((text) => text ?? '');

/** Only who wrote all of it, for this world, is repeated. */
const readyRecord: Target = {
  name: 'ready-record',
  seeds: READY,
  words: [
    '\nend\n',
    'source - /x\n',
    'answer 0',
    'out ',
    'err ',
    'kept {}',
    'boot -',
    'wall 0 9',
    ' ',
    '\n',
    `host ${HOST}`,
  ],
  run(text) {
    const answer = readReady(text, HOST, world);
    if (answer === null) return;
    if (answer.kind === 'kept')
      return assert.deepEqual([typeof answer.username, typeof answer.id], ['string', 'string']);
    const lines = text.split('\n');
    assert.ok(lines.includes(`out ${answer.out}`) && lines[1] === `host ${HOST}` && text.endsWith('\nend\n'));
    assert.ok(answer.err === '' || lines.includes(`err ${answer.err}`));
    assert.ok(!/[\n\0]/.test(answer.out + answer.err));
  },
};

/** On a disk, since they are read by their paths; in memory where that is one. One file serves all cases of a process. */
const DISK = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
const directory = once(() => {
  const made = mkdtempSync(join(DISK, 'fuzz-records-'));
  process.once('exit', () => rmSync(made, { recursive: true, force: true }));
  return made;
});

const now = { wallMs: 1_800_000_001_000, uptimeMs: 6000 };
const privateFiles: Target = {
  name: 'private-files',
  isSlow: true,
  seeds: [
    JSON.stringify({
      format: 5,
      host: HOST,
      answer: { kind: 'credential', username: 'alice', fingerprint: 'f', expiresAtMs: 1 },
      checkedAt: MOMENT,
      environment: 'e',
      sources: [['/a', null]],
      missed: [{ code: 'c', why: 'w', fix: { run: 'r' } }],
    }),
    JSON.stringify({ token: TOKEN, startedAtMs: 1, expiresAtMs: 2, keptAt: MOMENT, isEndAssumed: true }),
    JSON.stringify({ server: 'https://a.example.com', hosts: [HOST], exhaustive: true, askedAtMs: 1 }),
    JSON.stringify(['0123456789abcdef0123456789abcdef', '*']),
    JSON.stringify({
      format: 1,
      host: HOST,
      login: { serverUrl: HOST, username: 'alice', where: 'file', id: '1', expiresAtMs: 5 },
      storedAt: MOMENT,
      items: ['1'],
      secret: TOKEN,
    }),
    JSON.stringify([
      ['https://a', { atMs: 1_800_000_000_000, detail: 'refused', timedOut: false, run: 'r' }],
      ['https://b', { atMs: 1_800_000_000_000, connectMs: 12 }],
    ]),
  ],
  words: [
    '"format":5',
    '"kind":"kept"',
    '"wallMs":',
    '"uptimeMs":null',
    '"sources":[[',
    '"hosts":[',
    '"items":[',
    'null',
    '{}',
  ],
  run(text) {
    const path = join(directory(), 'unreachable.json');
    writeFileSync(path, text, { mode: 0o600 });
    const uid = process.getuid?.();
    const answer = readAnswerFile(path, uid);
    if (answer !== null) assert.ok(['credential', 'anonymous', 'kept'].includes(answer.answer.kind));
    const kept = readKeptToken(path, uid, now);
    if (kept !== undefined) assert.equal(typeof kept.token, 'string');
    for (const host of readClaimFile(path, uid)?.hosts ?? []) assert.equal(typeof host, 'string');
    for (const print of readSignOuts(path, uid)) assert.equal(typeof print, 'string');
    storedLoginIn(readRecordAsItIs(path), now);
    const store = createReachability(directory(), uid, () => now.wallMs);
    const limitMs = store.connectLimitMs('https://b');
    assert.ok(limitMs > 0 && limitMs <= 2000, `${limitMs}`);
    store.recentFailure('https://a');
  },
};

/** What this program wrote, and somebody may have changed. */
export const ownRecordTargets: readonly Target[] = [readyRecord, privateFiles];
