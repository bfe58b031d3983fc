import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { test } from 'node:test';
import { createEngineHome } from '../engines/engine-home.ts';
import { engineSuite } from '../engines/engine-machine.ts';
import { engineNamed } from '../engines/engines.ts';
import { type Clock, REAL_CLOCK } from '../sandbox/clock.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { compiledHelper, runHelper } from '../support/helper-program.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { ageKeptToken, answerKept, configFor, machineOfPuller, PULLER } from './test-machine.ts';

/** How long the cluster takes over a renewal: less than `get` has in all, so that one that waits for it is seen. */
const MINT_MS = 4000;

/** A clock whose waits end early once there is nothing to be seen by them any more. */
function hurriedClock(): Clock & { hurry(): void } {
  let hurry = () => {};
  const hurried = new Promise<void>((resolve) => {
    hurry = resolve;
  });
  return {
    ...REAL_CLOCK,
    waitMs: (ms) => Promise.race([REAL_CLOCK.waitMs(ms), hurried]),
    hurry: () => hurry(),
  };
}

/** The renewal was under way when the engine went on, and came to its end after that. */
async function renewedLater(sandbox: Sandbox, cache: string, clock: { hurry(): void }): Promise<void> {
  assert.equal(sandbox.mints.length, 1, 'minted before the engine went on');
  await sandbox.received('tokenrequest', 2);
  clock.hurry();
  await answerKept({ cache }, () => sandbox.mints[1]?.token);
}

test('get past the window of renewals answers before the renewal has ended, which it does by itself', async (t) => {
  const clock = hurriedClock();
  const sandbox = await runningSandbox(t, { clock });
  const machine = machineOfPuller(t, sandbox);
  await machine.get(sandbox.registryHost);
  ageKeptToken(machine, 0.72);
  await machine.forgetAnswers();
  sandbox.setDelay('tokenrequest', MINT_MS);
  const { status, stdout, stderr } = await machine.get(sandbox.registryHost);
  assert.deepEqual([status, stderr], [0, '']);
  assert.equal(JSON.parse(stdout).Secret === sandbox.mints[0]?.token, true, 'the token so far');
  await renewedLater(sandbox, machine.cache, clock);
});

const [title, options] = engineSuite('podman pulls without waiting for the renewal', 'podman');

test(title, options, async (t) => {
  const clock = hurriedClock();
  const sandbox = await runningSandbox(t, { clock });
  const home = await createEngineHome({ program: compiledHelper });
  t.after(() => home.remove());
  const token = sandbox.issueOAuthToken({ user: 'alice' });
  await home.writeKubeconfig(sandbox.kubeconfig({ token }), sandbox.caPem);
  await home.trust(sandbox.registryHost, sandbox.caPem);
  await home.write(
    '.config/docker-credential-openshift/config.yaml',
    configFor(sandbox, { serviceAccount: PULLER }),
  );
  const helpers = { credHelpers: { [sandbox.registryHost]: 'openshift' } };
  await home.write('.config/containers/auth.json', JSON.stringify(helpers));
  const cache = `${home.directory}/.cache/docker-credential-openshift`;
  const env = { HOME: home.directory, PATH: '/usr/bin:/bin' };
  await runHelper(compiledHelper, 'get', sandbox.registryHost, { env });
  ageKeptToken({ cache }, 0.72);
  await rm(`${cache}/answers`, { recursive: true });
  sandbox.setDelay('tokenrequest', MINT_MS);
  const pull = await engineNamed('podman').pull(home, `${sandbox.registryHost}/alice-ns/private:latest`);
  assert.equal(pull.status, 0, pull.output);
  await renewedLater(sandbox, cache, clock);
});
