import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { test } from 'node:test';
import { createEngineHome } from '../engines/engine-home.ts';
import { engineSuite } from '../engines/engine-machine.ts';
import { engineNamed } from '../engines/engines.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { compiledHelper, runHelper } from '../support/helper-program.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { ageKeptToken, answerKept, configFor, machineFor, PULLER } from './test-machine.ts';

/** How long the cluster takes over a renewal. */
const MINT_MS = 3000;

/** The renewal was under way when the engine went on, and came to its end after that. */
async function renewedLater(sandbox: Sandbox, cache: string): Promise<void> {
  assert.equal(sandbox.mints.length, 1, 'minted before the engine went on');
  await sandbox.received('tokenrequest', 2);
  await answerKept({ cache }, () => sandbox.mints[1]?.token);
}

test('get past half of a life answers before the renewal has ended, which it does by itself', async (t) => {
  const sandbox = await runningSandbox(t);
  const machine = machineFor(
    t,
    sandbox.kubeconfig({ token: sandbox.issueOAuthToken({ user: 'alice' }) }),
    configFor(sandbox, { serviceAccount: PULLER }),
  );
  await machine.get(sandbox.registryHost);
  ageKeptToken(machine, 0.6);
  await machine.forgetAnswers();
  sandbox.setDelay('tokenrequest', MINT_MS);
  const { status, stdout, stderr, elapsedMs } = await machine.get(sandbox.registryHost);
  assert.deepEqual([status, stderr], [0, '']);
  assert.equal(JSON.parse(stdout).Secret === sandbox.mints[0]?.token, true, 'the token so far');
  assert.ok(elapsedMs < MINT_MS, `${elapsedMs} ms`);
  await renewedLater(sandbox, machine.cache);
});

const [title, options] = engineSuite('podman pulls without waiting for the renewal', 'podman');

test(title, options, async (t) => {
  const sandbox = await runningSandbox(t);
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
  ageKeptToken({ cache }, 0.6);
  await rm(`${cache}/answers`, { recursive: true });
  sandbox.setDelay('tokenrequest', MINT_MS);
  const startedMs = performance.now();
  const pull = await engineNamed('podman').pull(home, `${sandbox.registryHost}/alice-ns/private:latest`);
  const elapsedMs = performance.now() - startedMs;
  assert.equal(pull.status, 0, pull.output);
  assert.ok(elapsedMs < MINT_MS, `${elapsedMs} ms`);
  await renewedLater(sandbox, cache);
});
