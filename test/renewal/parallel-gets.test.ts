import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { connectedTo, type RunningGet, startGet } from './running-gets.ts';
import { machineOfPuller } from './test-machine.ts';

const GETS = 50;
const KILLED = 10;

/** Every one ended with a credential that the sandbox minted. */
async function assertAnswered(gets: readonly RunningGet[], { mints }: Sandbox): Promise<void> {
  for (const { ended } of gets) {
    const { status, stdout, stderr } = await ended;
    assert.equal(status, 0, stderr);
    const { Secret: secret } = JSON.parse(stdout) as { Secret: string };
    assert.ok(mints.some(({ token }) => token === secret));
  }
}

test('50 gets at once mint one token, and all are answered with it', async (t) => {
  const sandbox = await runningSandbox(t);
  const machine = machineOfPuller(t, sandbox);
  const gets = Array.from({ length: GETS }, () => startGet(machine, sandbox.registryHost));
  await assertAnswered(gets, sandbox);
  assert.equal(sandbox.mints.length, 1);
});

test('10 of 50 gets killed while one of them mints cost one more token, and the others are answered', {
  skip: process.platform === 'linux' ? false : 'finds the one that mints by /proc',
}, async (t) => {
  const sandbox = await runningSandbox(t);
  const machine = machineOfPuller(t, sandbox);
  sandbox.setDelay('tokenrequest', 500);
  const gets = Array.from({ length: GETS }, () => startGet(machine, sandbox.registryHost));
  await sandbox.received('tokenrequest');
  const holder = gets.find(({ pid }) => connectedTo(pid, sandbox.apiUrl));
  assert.ok(holder !== undefined);
  const killed = [holder, ...gets.filter((get) => get !== holder).slice(0, KILLED - 1)];
  for (const { kill } of killed) kill();
  await assertAnswered(
    gets.filter((get) => !killed.includes(get)),
    sandbox,
  );
  // What the killed one asked for may still have been minted.
  assert.ok(sandbox.mints.length >= 1 && sandbox.mints.length <= 2, `${sandbox.mints.length} tokens`);
  const requests = await sandbox.received('tokenrequest');
  assert.equal(requests.length, 2);
});
