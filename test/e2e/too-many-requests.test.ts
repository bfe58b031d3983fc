import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { machineOfPuller, type TestMachine } from '../renewal/test-machine.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { compiledHelper } from '../support/helper-program.ts';
import { onceChanged } from '../support/once-changed.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { findingsOf } from './doctor-findings.ts';
import { linkedHome } from './helper-home.ts';

const LONG_S = 240;
const LEFT_ALONE = /has too many requests \(429\), and asks to be left alone until (\d\d:\d\d:\d\d) UTC/;

/** Until when the program was asked to leave the API server alone, as it remembers it; once it does. */
async function pauseKept({ cache }: Pick<TestMachine, 'cache'>): Promise<number> {
  return onceChanged(cache, () => {
    const name = readdirSync(cache).find((each) => each === 'unreachable.json');
    const text = name === undefined ? '' : readFileSync(join(cache, name), 'utf8');
    const [, until] = /"pausedUntilMs":(\d+)/.exec(text) ?? [];
    return until === undefined ? undefined : Number(until);
  });
}

/** The time that is told, as a moment after this one. */
function toldMs(said: string): number {
  const time = LEFT_ALONE.exec(said)?.[1];
  assert.ok(time !== undefined, said);
  const today = new Date().toISOString().slice(0, 10);
  const atMs = Date.parse(`${today}T${time}Z`);
  // Past midnight it is tomorrow's.
  return atMs < Date.now() - 3_600_000 ? atMs + 86_400_000 : atMs;
}

const mintsAsked = ({ requests }: Sandbox) =>
  requests.filter(({ path }) => path.includes('/serviceaccounts/')).length;

test('a pull waits out the second that a busy API server asks for, and gets its token', async (t) => {
  const sandbox = await runningSandbox(t);
  const machine = machineOfPuller(t, sandbox);
  await machine.get('nothing.example.com');
  sandbox.setEndpointFault('tokenrequest', 'too-many-requests');
  const answering = machine.answer(sandbox.registryHost);
  await pauseKept(machine);
  sandbox.setEndpointFault('tokenrequest', null);
  const { token, said } = await answering;
  assert.notEqual(token, undefined, said);
  assert.equal(mintsAsked(sandbox), 2);
});

for (const [form, retryAfter] of [
  ['in seconds', () => String(LONG_S)],
  ['as a date', () => new Date(Date.now() + LONG_S * 1000).toUTCString()],
] as const) {
  test(`a longer Retry-After, ${form}, is heeded by every process, and told with its time`, async (t) => {
    const sandbox = await runningSandbox(t);
    const machine = machineOfPuller(t, sandbox);
    sandbox.setEndpointFault('tokenrequest', { retryAfter: retryAfter() });
    const beforeMs = Date.now();
    const { token, said } = await machine.answer(sandbox.registryHost);
    assert.equal(token, undefined);
    const untilMs = toldMs(said);
    assert.ok(untilMs >= beforeMs + LONG_S * 1000 - 2000, said);
    assert.ok(untilMs <= Date.now() + LONG_S * 1000 + 2000, said);
    sandbox.setEndpointFault('tokenrequest', null);
    sandbox.clearRequests();
    await machine.forgetAnswers();
    const [other, renewal] = await Promise.all([
      machine.answer(sandbox.registryHost),
      machine.run(['renew', sandbox.registryHost]),
    ]);
    assert.deepEqual([other.token, toldMs(other.said)], [undefined, untilMs]);
    assert.match(other.said, /\[cluster-busy\]/);
    assert.deepEqual([renewal.status, toldMs(renewal.stdout)], [1, untilMs]);
    assert.deepEqual(
      sandbox.requests.filter(({ server }) => server === 'api').map(({ path }) => path),
      [],
    );
  });
}

test('a token that is still good is answered while the API server wants to be left alone', async (t) => {
  const sandbox = await runningSandbox(t);
  const machine = machineOfPuller(t, sandbox);
  const first = await machine.answer(sandbox.registryHost);
  sandbox.setFault('api', { retryAfter: String(LONG_S) });
  for (const _ of [1, 2]) {
    await machine.forgetAnswers();
    const { token, said } = await machine.answer(sandbox.registryHost);
    assert.deepEqual([token, said], [first.token, '']);
  }
  assert.equal(mintsAsked(sandbox), 1);
});

test('doctor and login leave a server alone that asks for it, and say until when', async (t) => {
  const { sandbox, home } = await linkedHome(t, compiledHelper);
  sandbox.setFault('api', { retryAfter: String(LONG_S) });
  const [finding] = await findingsOf(home, [sandbox.registryHost], 'cluster');
  assert.deepEqual([finding?.status, finding?.code], ['problem', 'api-failing']);
  toldMs(finding?.why ?? '');
  sandbox.setFault('api', null);
  sandbox.clearRequests();
  const { status, stderr } = await home.run(
    ['login', '--username', 'alice', '--password-stdin'],
    'alice-password\n',
  );
  assert.equal(status, 1);
  toldMs(stderr);
  assert.match(stderr, /\[api-unavailable\]/);
  assert.deepEqual(
    sandbox.requests.filter(({ server }) => server === 'api'),
    [],
  );
});
