import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { runningSandbox } from '../support/running-sandbox.ts';
import { startGet } from './running-gets.ts';
import { machineOfPuller } from './test-machine.ts';

const GETS = 50;
const RUNS = 5;
const BUSY = 4;
/** Should this process be killed, they end by themselves. */
const BUSY_AT_MOST_S = 120;

/** Keeps the processors busy until the test ends, by processes of the usual priority. */
async function busyProcessors(t: TestContext): Promise<void> {
  const code = `const end = Date.now() + ${BUSY_AT_MOST_S * 1000}; console.log('busy'); while (Date.now() < end);`;
  const busy = Array.from({ length: BUSY }, () =>
    spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'ignore'] }),
  );
  t.after(() => {
    for (const child of busy) child.kill('SIGKILL');
  });
  await Promise.all(busy.map(({ stdout }) => once(stdout, 'data')));
}

test(`${GETS} gets at once on a busy machine mint one token, and all are answered with it, ${RUNS} times of ${RUNS}`, async (t) => {
  await busyProcessors(t);
  for (let run = 1; run <= RUNS; run += 1) {
    const sandbox = await runningSandbox(t);
    const machine = machineOfPuller(t, sandbox);
    const startedMs = performance.now();
    const gets = Array.from({ length: GETS }, () => startGet(machine, sandbox.registryHost));
    const ended = await Promise.all(gets.map((get) => get.ended));
    t.diagnostic(`run ${run}: ${Math.round(performance.now() - startedMs)} ms for all`);
    const refused = ended.filter(({ status }) => status !== 0).map(({ stderr }) => stderr);
    assert.deepEqual(refused, [], `run ${run}: ${refused.length} of ${GETS} were not answered`);
    assert.equal(sandbox.mints.length, 1);
    const secrets = new Set(ended.map(({ stdout }) => (JSON.parse(stdout) as { Secret: string }).Secret));
    assert.deepEqual([...secrets], [sandbox.mints[0]?.token]);
  }
});
