import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatReady, type ReadyRecord, type ReadyWorld, readReady } from '../../src/files/ready-record.ts';
import type { KeptAnswer, SaidAnswer } from '../../src/hosts/answer.ts';
import { answerEnvironment } from '../../src/hosts/cached-answer.ts';
import { unexpected } from '../support/identities.ts';

const HOST = 'registry.example.com';
const KEY = '000102030405060708090a0b0c0d0e0f';
const NOON = 1_700_000_000_000;
const MINUTE = 60_000;
const DAY = 86_400_000;
/** The machine was started three days before. */
const UPTIME = 3 * DAY;
const KUBECONFIG = '/home/alice/.kube/config';
const ABSENT = '/home/alice/.config/docker-credential-openshift/config.yaml';
const ENV = { HOME: '/home/alice' };

const said: SaidAnswer = {
  kind: 'said',
  status: 0,
  out: `{"ServerURL":"${HOST}","Username":"alice","Secret":"s"}`,
  err: '',
};
const record: ReadyRecord = {
  host: HOST,
  decidedAt: { wallMs: NOON, uptimeMs: UPTIME },
  bootId: 'this start',
  untilMs: NOON + 5 * MINUTE,
  environment: answerEnvironment(ENV, 1000, unexpected('cwd'), KEY),
  sources: [
    [KUBECONFIG, '1:2:3'],
    [ABSENT, null],
  ],
  answer: said,
};
const stamps: Record<string, string | null> = { [KUBECONFIG]: '1:2:3', [ABSENT]: null };
const world: ReadyWorld = {
  env: ENV,
  uid: 1000,
  key: KEY,
  now: { wallMs: NOON + 1000, uptimeMs: UPTIME + 1000 },
  bootId: 'thisstart',
  workingDirectory: unexpected('workingDirectory'),
  stampOf: (path) => (path in stamps ? (stamps[path] ?? null) : unexpected(`stampOf ${path}`)()),
};

/** What is read of a record in a world. */
function read(
  changes: Partial<ReadyRecord> = {},
  inWorld: Partial<ReadyWorld> = {},
  host = HOST,
): SaidAnswer | KeptAnswer | null {
  const text = formatReady({ ...record, bootId: 'thisstart', ...changes });
  assert.ok(text !== undefined);
  return readReady(text, host, { ...world, ...inWorld });
}

/** Whether it holds once so much time has passed by the wall clock, and so much by the uptime. */
function holds(
  wallMs: number,
  uptimeMs: number | null,
  changes: Partial<ReadyRecord> = {},
  bootId = 'thisstart',
) {
  const now = { wallMs: NOON + wallMs, uptimeMs: uptimeMs === null ? null : UPTIME + uptimeMs };
  return read(changes, { now, bootId }) !== null;
}

test('an answer is read as it was written while its sources, its environment and the clocks say nothing else', () => {
  const anonymous: SaidAnswer = { kind: 'said', status: 1, out: 'not found', err: 'why. Run: oc login' };
  const kept: KeptAnswer = { kind: 'kept', username: 'bob', id: '1', where: 'file', expiresAtMs: null };
  for (const answer of [said, anonymous, kept]) assert.deepEqual(read({ answer }), answer);
});

test('an answer for another host or user, or with another key, is void', () => {
  assert.equal(read({}, {}, 'other.example.com'), null);
  assert.equal(read({}, { uid: 0 }), null);
  assert.equal(read({}, { uid: undefined }), null);
  assert.equal(read({}, { key: KEY.replace('0f', '10') }), null);
});

test('a variable that changed, went or appeared makes an answer void', () => {
  for (const env of [{ HOME: '/home/bob' }, {}, { ...ENV, KUBECONFIG: '/x' }, { ...ENV, HTTPS_PROXY: '' }]) {
    assert.equal(read({}, { env }), null, JSON.stringify(env));
  }
  assert.notEqual(read({}, { env: { ...ENV, LANG: 'C' } }), null);
});

test('a token that comes by the environment makes an answer void that was given without one', () =>
  assert.equal(read({}, { env: { ...ENV, DOCKER_CREDENTIAL_OPENSHIFT_TOKEN: 't' } }), null));

test('the working directory counts where a path depends on it', () => {
  const env = { KUBECONFIG: 'config' };
  const environment = answerEnvironment(env, 1000, () => '/a b', KEY);
  assert.notEqual(read({ environment }, { env, workingDirectory: () => '/a b' }), null);
  assert.equal(read({ environment }, { env, workingDirectory: () => '/a' }), null);
  assert.equal(
    formatReady({ ...record, environment: answerEnvironment(env, 1000, () => '', KEY) }),
    undefined,
  );
});

test('a source that changed, went or appeared makes an answer void', () => {
  const changed = (changes: Record<string, string | null>) =>
    read({}, { stampOf: (path) => ({ ...stamps, ...changes })[path] ?? null });
  assert.notEqual(changed({}), null);
  assert.equal(changed({ [KUBECONFIG]: '1:2:4' }), null);
  assert.equal(changed({ [KUBECONFIG]: null }), null);
  assert.equal(changed({ [ABSENT]: '1:9:9' }), null);
});

test('no file is looked at once the answer is void anyway', () => {
  const now = { wallMs: NOON + 5 * MINUTE, uptimeMs: UPTIME + 5 * MINUTE };
  assert.equal(read({}, { now, stampOf: unexpected('stampOf') }), null);
});

test('an answer is given until its time is over, and not from the future', () => {
  assert.equal(holds(5 * MINUTE - 1, 5 * MINUTE - 1), true);
  assert.equal(holds(5 * MINUTE, 5 * MINUTE), false);
  assert.equal(holds(-1, -1), false);
});

test('an answer outlives a clock that was set back ten minutes, and is no younger for it', () => {
  assert.equal(holds(-9 * MINUTE, MINUTE), true);
  assert.equal(holds(-5 * MINUTE, 5 * MINUTE), false);
});

test('an answer is asked again after the clock was set forward ten minutes', () =>
  assert.equal(holds(11 * MINUTE, MINUTE), false));

test('an answer is asked again after the machine slept for days', () => {
  assert.equal(holds(3 * DAY, 3 * DAY), false);
  // One whose clock was set back meanwhile.
  assert.equal(holds(0, 3 * DAY), false);
});

test('an answer from before a restart days ago is asked again, however long after the start it was decided', () => {
  for (const uptimeMs of [10_000, 20_000, 30_000]) {
    const decidedAt = { wallMs: NOON, uptimeMs: 20_000 };
    assert.equal(holds(3 * DAY, uptimeMs - UPTIME, { decidedAt }, 'another'), false, `${uptimeMs}`);
  }
});

test('an answer holds across a restart of a minute, and not one that set the clock back', () => {
  assert.equal(holds(MINUTE, 15_000 - UPTIME, {}, 'another'), true);
  assert.equal(holds(-MINUTE, 15_000 - UPTIME, {}, 'another'), false);
});

test('where there is no uptime, an answer from the future is asked again', () => {
  for (const [changes, bootId] of [
    [{ decidedAt: { wallMs: NOON, uptimeMs: null } }, ''],
    [{ bootId: '' }, ''],
    [{}, ''],
  ] as const) {
    assert.equal(holds(-9 * MINUTE, null, changes, bootId), false);
    assert.equal(holds(MINUTE, null, changes, bootId), true);
  }
});

test("what can't be told in lines, or is over already, is not written", () => {
  for (const changes of [
    { untilMs: NOON },
    { untilMs: Number.NaN },
    { sources: [['/a\nb', null]] },
    { sources: [['/a\0b', null]] },
    { sources: [[`/${'a'.repeat(5000)}`, null]] },
    { answer: { ...said, err: 'two\nlines' } },
  ] as const satisfies Partial<ReadyRecord>[]) {
    assert.equal(formatReady({ ...record, ...changes }), undefined, JSON.stringify(changes).slice(0, 60));
  }
});

test('a record of which a line is missing, added, torn or spelt otherwise is void', () => {
  const text = formatReady({ ...record, bootId: 'thisstart', answer: { ...said, err: 'why' } }) ?? '';
  assert.notEqual(readReady(text, HOST, world), null);
  const unstamped = { ...world, stampOf: (path: string) => stamps[path] ?? null };
  const isVoid = (lines: readonly string[]) =>
    assert.equal(readReady(`${lines.join('\n')}\n`, HOST, unstamped), null, lines.join('\n'));
  const lines = text.split('\n').slice(0, -1);
  for (const [at, line] of lines.entries()) {
    isVoid(lines.toSpliced(at, 0, 'owner root'));
    isVoid(lines.toSpliced(at, 1, `${line}\0`));
    isVoid(lines.toSpliced(at, 1, line.toUpperCase()));
    // What is said is not looked into, an absent file is as absent by another name, and with a source less it is another record.
    if (!/^(?:out|err|source -) /.test(line)) isVoid(lines.toSpliced(at, 1, `${line} `));
    if (!/^(?:source|err) /.test(line)) isVoid(lines.toSpliced(at, 1));
  }
  for (let length = 0; length < text.length; length += 1) {
    assert.equal(readReady(text.slice(0, length), HOST, world), null, String(length));
  }
});

test('numbers have one spelling', () => {
  const text = formatReady({ ...record, bootId: 'thisstart' }) ?? '';
  for (const spelling of [
    `0${NOON}`,
    `+${NOON}`,
    `${NOON}.0`,
    ` ${NOON}`,
    '1.7e12',
    '-0',
    '',
    '9'.repeat(20),
  ]) {
    assert.equal(readReady(text.replace(`wall ${NOON}`, `wall ${spelling}`), HOST, world), null, spelling);
  }
});
