import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { ageKeptToken, answerKept, machineOfPuller, type TestMachine } from './test-machine.ts';

const PAIRS = 60;
/** What a renewal may add to the `get` that starts it. */
const BAR = 1.1;

/** One slow `get` with a token of that age. @returns ms until the engine could go on */
async function timedGet(machine: TestMachine, sandbox: Sandbox, spent: number): Promise<number> {
  ageKeptToken(machine, spent);
  await machine.forgetAnswers();
  const { status, stderr, elapsedMs } = await machine.get(sandbox.registryHost);
  assert.deepEqual([status, stderr], [0, '']);
  return elapsedMs;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function medianRatio(machine: TestMachine, sandbox: Sandbox, t: TestContext): Promise<number> {
  const ratios: number[] = [];
  const times: [before: number[], past: number[]] = [[], []];
  for (let pair = 0; pair < PAIRS; pair++) {
    const renew = async () => {
      const soFar = sandbox.mints.length;
      const ms = await timedGet(machine, sandbox, 0.6);
      // The renewal ends while nothing is measured.
      await sandbox.received('tokenrequest', soFar + 1);
      await answerKept(machine, () => sandbox.mints[soFar]?.token);
      return ms;
    };
    const keep = () => timedGet(machine, sandbox, 0.3);
    const isSwapped = pair % 2 === 1;
    const first = await (isSwapped ? renew : keep)();
    const second = await (isSwapped ? keep : renew)();
    const [before, past] = isSwapped ? [second, first] : [first, second];
    ratios.push(past / before);
    times[0].push(before);
    times[1].push(past);
  }
  const [before, past] = times.map((values) => median(values).toFixed(1));
  const ratio = median(ratios);
  t.diagnostic(`${before} ms before half-life, ${past} ms past it; median of ${PAIRS} ratios: ${ratio}`);
  return ratio;
}

test('a get that starts a renewal takes less than 10 % longer than the same get before', async (t) => {
  const sandbox = await runningSandbox(t);
  const machine = machineOfPuller(t, sandbox);
  await machine.get(sandbox.registryHost);
  const ratio = await medianRatio(machine, sandbox, t);
  // A busy machine can spoil one measurement, hardly two.
  assert.ok(ratio < BAR || (await medianRatio(machine, sandbox, t)) < BAR);
});
