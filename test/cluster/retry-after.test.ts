import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerInWords, pauseMs, sendHeedingPauses } from '../../src/cluster/retry-after.ts';
import { noAnswer, type Reply } from '../../src/cluster/send-request.ts';
import { createReachability } from '../../src/files/reachability.ts';
import { unexpected } from '../support/identities.ts';

const NOW = Date.parse('2027-01-01T12:00:00Z');
const API = 'https://api.example.com:6443';

function answered(status: number, retryAfter?: string, dateMs?: number): Reply {
  const headers = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
  return { ...noAnswer(''), status, headers, dateMs };
}

test('a pause is asked for in seconds, or as a date in any of the three forms of HTTP', () => {
  for (const [text, ms] of [
    ['7', 7000],
    [' 7 ', 7000],
    ['Fri, 01 Jan 2027 12:00:40 GMT', 40_000],
    ['Friday, 01-Jan-27 12:00:40 GMT', 40_000],
    ['Fri Jan  1 12:00:40 2027', 40_000],
  ] as const) {
    for (const status of [429, 503]) assert.equal(pauseMs(answered(status, text, NOW), 0), ms, text);
  }
});

test("a date is told by the server's clock, and by this machine's where the server tells no time", () => {
  const date = 'Fri, 01 Jan 2027 12:00:40 GMT';
  assert.equal(pauseMs(answered(429, date, NOW + 10_000), NOW - 3_600_000), 30_000);
  assert.equal(pauseMs(answered(429, date), NOW + 20_000), 20_000);
});

test('a pause is a second at least, and five minutes at most', () => {
  for (const text of ['0', 'Thu, 01 Jan 1970 00:00:00 GMT', '-5', 'soon', '1.5', ''])
    assert.equal(pauseMs(answered(429, text, NOW), NOW), 1000, text);
  for (const text of ['301', '86400', '9'.repeat(400), 'Fri, 31 Dec 9999 23:59:59 GMT'])
    assert.equal(pauseMs(answered(429, text, NOW), NOW), 300_000, text);
});

test('only 429, and 503 that says how long, ask for a pause', () => {
  assert.equal(pauseMs(answered(429), NOW), 1000);
  assert.equal(pauseMs(answered(503), NOW), undefined);
  for (const status of [0, 200, 301, 401, 500, 502])
    assert.equal(pauseMs(answered(status, '9', NOW), NOW), undefined);
});

test('the time that is told is never before the pause has ended', () => {
  const told = (ms: number) => answerInWords({ status: 429, pausedUntilMs: ms });
  assert.match(told(NOW), /until 12:00:00 UTC$/);
  assert.match(told(NOW + 1), /until 12:00:01 UTC$/);
  assert.equal(answerInWords({ status: 502 }), 'answered 502');
});

/** A machine whose clock moves only while something is waited for. */
function machine(replies: readonly Reply[], longestWaitMs: number) {
  let nowMs = NOW;
  const left = [...replies];
  const waits: number[] = [];
  const reachability = createReachability(null, undefined, () => nowMs);
  const send = async () => left.shift() ?? unexpected('send')();
  const ports = {
    reachability,
    longestWaitMs,
    nowMs: () => nowMs,
    remainingMs: () => NOW + 4500 - nowMs,
    waitMs: async (ms: number) => {
      waits.push(ms);
      nowMs += ms;
    },
  };
  return { waits, left, ask: () => sendHeedingPauses(API, send, ports), ports };
}

test('a short pause is waited for once; whoever asks for another one gets it', async () => {
  const once = machine([answered(429, '1'), answered(201)], 2000);
  assert.equal((await once.ask()).status, 201);
  assert.deepEqual(once.waits, [1000]);
  const twice = machine([answered(429, '1'), answered(429, '1')], 2000);
  const { status, pausedUntilMs } = await twice.ask();
  assert.deepEqual([status, pausedUntilMs, twice.waits], [429, NOW + 2000, [1000]]);
});

test('a long pause is not waited for, and nothing is sent until it is over', async () => {
  const { ask, waits, left, ports } = machine([answered(429, '30'), answered(200)], 2000);
  const first = await ask();
  assert.deepEqual([first.status, first.pausedUntilMs], [429, NOW + 30_000]);
  const second = await ask();
  assert.deepEqual([second.status, second.pausedUntilMs, left.length], [429, NOW + 30_000, 1]);
  assert.deepEqual(waits, []);
  await ports.waitMs(30_000);
  assert.equal((await ask()).status, 200);
});

test('no pause is waited for that leaves no time for an answer', async () => {
  const { ask, waits, ports } = machine([answered(429, '2')], 2000);
  await ports.waitMs(2500);
  waits.length = 0;
  assert.equal((await ask()).status, 429);
  assert.deepEqual(waits, []);
});
