import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { connectToBus } from '../../../src/keychain/secret-service/dbus-connection.ts';
import { fakeBus, type Reply } from './fake-bus.ts';

const NEVER_MS = 60_000;
const GREETING = 'OK 1234\r\n';
const ASK = {
  destination: 'org.example',
  path: '/',
  interface: 'org.example.Any',
  member: 'Ask',
  signature: '',
  args: [],
};

/** Asks a bus that sends a signal of others every 5 ms until it is not waited for any more. */
async function ask(
  t: TestContext,
  reply: Reply,
  patienceMs: number,
  withinMs?: number,
  calls = 1,
  mayGoOn = () => false,
) {
  const { path } = await fakeBus(t, { Ask: reply }, {}, GREETING, 5);
  const bus = connectToBus(path, patienceMs, withinMs, mayGoOn);
  try {
    for (let call = 0; call < calls; call += 1) await bus.call(ASK);
  } finally {
    bus.close();
  }
}

test('signals of others are no answer, and put nothing off', async (t) => {
  await assert.rejects(ask(t, 'nothing', 100), { name: 'BusError', reason: 'late' });
});

test('what has an end has it, however much is answered before', async (t) => {
  await assert.rejects(ask(t, [''], NEVER_MS, 100, Number.POSITIVE_INFINITY), { reason: 'late' });
});

test('what answers in time is heard, whatever else is said', async (t) => {
  await ask(t, [''], NEVER_MS, undefined, 3);
});

for (const [what, patienceMs, withinMs] of [
  ['what it waits for', 50, undefined],
  ['the whole', NEVER_MS, 50],
] as const) {
  test(`where processors are short, ${what} has its time once more, and no third time`, async (t) => {
    let asked = 0;
    const mayGoOn = () => {
      asked += 1;
      return true;
    };
    const startedMs = performance.now();
    await assert.rejects(ask(t, 'nothing', patienceMs, withinMs, 1, mayGoOn), { reason: 'late' });
    assert.equal(asked, 1);
    // A timer may come a millisecond early.
    assert.ok(performance.now() - startedMs >= 98);
  });
}
