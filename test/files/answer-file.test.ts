import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import {
  answerFile,
  keyFile,
  readAnswerFile,
  readKey,
  readReadyFile,
  readyFile,
} from '../../src/files/answer-file.ts';
import { listAnswers, makeKey, removeAnswer, saveAnswer } from '../../src/files/answers.ts';
import { CACHE_FORMAT, type CachedAnswer } from '../../src/hosts/cached-answer.ts';
import fc from '../support/properties.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const uid = process.geteuid?.();

function record(host: string, answer: CachedAnswer['answer']): CachedAnswer {
  const checkedAt = { wallMs: 1, uptimeMs: null };
  return { format: CACHE_FORMAT, host, answer, checkedAt, environment: 'e', sources: [['/k', null]] };
}
const credential = { kind: 'credential', username: 'alice', fingerprint: 'f', expiresAtMs: null } as const;

test('what was saved is read again, from a file that nobody else may read', async (t) => {
  const cache = temporaryDirectory(t);
  const host = 'r.example.com';
  const path = answerFile(cache, host);
  const saved = { ...record(host, credential), token: { fingerprint: 'f', expiresAtMs: 5 } };
  await saveAnswer(cache, saved, 'ready', uid);
  assert.deepEqual(readAnswerFile(path, uid), saved);
  assert.equal(readReadyFile(cache, host, uid), 'ready');
  for (const file of [path, readyFile(cache, host)]) {
    assert.equal(statSync(file).mode & 0o777, 0o600);
    chmodSync(file, 0o644);
  }
  assert.equal(readAnswerFile(path, uid), null);
  assert.equal(readReadyFile(cache, host, uid), null);
});

test('an answer that may not be repeated, or is forgotten, takes what was repeated before with it', async (t) => {
  const cache = temporaryDirectory(t);
  const host = 'r.example.com';
  await saveAnswer(cache, record(host, credential), 'ready', uid);
  await saveAnswer(cache, record(host, credential), undefined, uid);
  assert.equal(existsSync(readyFile(cache, host)), false);
  await saveAnswer(cache, record(host, credential), 'ready', uid);
  await removeAnswer(cache, host);
  for (const file of [answerFile(cache, host), readyFile(cache, host)]) assert.equal(existsSync(file), false);
});

test("a key is made once, and anew where it can't be read", async (t) => {
  const cache = temporaryDirectory(t);
  assert.equal(readKey(cache, uid), null);
  const key = await makeKey(cache, uid);
  assert.match(String(key), /^[0-9a-f]{32}$/);
  assert.equal(await makeKey(cache, uid), key);
  writeFileSync(keyFile(cache), 'torn');
  assert.notEqual(await makeKey(cache, uid), key);
  assert.equal(statSync(keyFile(cache)).mode & 0o777, 0o600);
  writeFileSync(join(cache, 'in-the-way'), '');
  assert.equal(await makeKey(join(cache, 'in-the-way'), uid), null);
});

test('every host has a file of its own, directly below the answers', () => {
  const hosts = ['r.example.com', 'r.example.com:5000', '[::1]:5000', '..', 'a_b', 'a%b', 'a-b'];
  const files = hosts.map((host) => answerFile('/cache', host));
  assert.equal(new Set(files).size, hosts.length);
  for (const file of files) assert.equal(dirname(file), '/cache/answers');
});

test('a record that is torn, or of another make, is as good as none', async (t) => {
  const path = answerFile(temporaryDirectory(t), 'r.example.com');
  mkdirSync(dirname(path), { mode: 0o700 });
  const whole = JSON.stringify(record('r.example.com', credential));
  const none = {
    ...record('r.example.com', credential),
    answer: { kind: 'anonymous', reasons: [{ code: 'x', why: 7 }] },
  };
  for (const text of [
    '',
    '{',
    'null',
    '[]',
    '7',
    '{"answer":null}',
    whole.slice(0, -1),
    JSON.stringify(none),
  ]) {
    writeFileSync(path, text, { mode: 0o600 });
    assert.equal(readAnswerFile(path, uid), null, text);
  }
});

test('no content of the file makes reading it throw', (t) => {
  const path = answerFile(temporaryDirectory(t), 'r.example.com');
  mkdirSync(dirname(path), { mode: 0o700 });
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    fc.object().map((value) => JSON.stringify({ answer: value })),
  );
  fc.assert(
    fc.property(text, (content) => {
      writeFileSync(path, content, { mode: 0o600 });
      readAnswerFile(path, uid);
    }),
    { numRuns: 200 },
  );
});

test('the hosts that were answered with a credential are listed with its user name', async (t) => {
  const cache = temporaryDirectory(t);
  assert.deepEqual(listAnswers(cache, uid), {});
  for (const host of ['b.example.com:5000', 'a.example.com']) {
    await saveAnswer(cache, record(host, credential), 'ready', uid);
  }
  const anonymous = record('c.example.com', { kind: 'anonymous', reasons: [] });
  await saveAnswer(cache, anonymous, 'ready', uid);
  writeFileSync(answerFile(cache, 'torn.example.com'), '{', { mode: 0o600 });
  assert.deepEqual(listAnswers(cache, uid), { 'a.example.com': 'alice', 'b.example.com:5000': 'alice' });
});

test('a reason is kept as it may be printed: engines put it into logs', async (t) => {
  const cache = temporaryDirectory(t);
  const answer = {
    kind: 'anonymous',
    reasons: [{ code: 'x', why: 'the proxy http://user:canary@p.example.com\nis away' }],
  } as const;
  await saveAnswer(cache, record('d.example.com', answer), undefined, uid);
  assert.deepEqual(readAnswerFile(answerFile(cache, 'd.example.com'), uid)?.answer, {
    kind: 'anonymous',
    reasons: [{ code: 'x', why: 'the proxy http://***@p.example.com is away' }],
  });
});
