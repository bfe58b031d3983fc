import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { fingerprintOf } from '../../src/files/sign-outs.ts';
import { pluginFor } from '../cluster/running-plugin.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { ExecPlugin } from '../support/exec-plugin.ts';
import type { ExecPluginBehaviour } from '../support/exec-plugin-script.ts';
import { hasEnded } from '../support/has-ended.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { configFor, machineFor, type TestMachine } from './test-machine.ts';

interface World {
  readonly sandbox: Sandbox;
  readonly plugin: ExecPlugin;
  readonly machine: TestMachine;
  readonly token: string;
}

/** A kubeconfig whose user has a plugin in place of a token. */
async function machineWithPlugin(t: TestContext, behaviour: ExecPluginBehaviour): Promise<World> {
  const sandbox = await runningSandbox(t);
  const token = sandbox.issueOAuthToken({ user: 'alice' });
  const { made: plugin } = pluginFor(t, { status: { token }, behaviour });
  const machine = machineFor(t, sandbox.kubeconfig({ exec: plugin.entry() }), configFor(sandbox, {}));
  return { sandbox, plugin, machine, token };
}

/** No process of a call is left. */
async function assertEnded({ plugin }: World): Promise<void> {
  for (const { pid, childPid } of await plugin.called()) {
    for (const id of childPid === undefined ? [pid] : [pid, childPid]) {
      assert.ok(await hasEnded(id), `${id} is still running`);
    }
  }
}

for (const [behaviour, what, fault] of [
  ['hangs', 'hangs', /did not answer within [\d.]+ s/],
  ['hangs-deaf', 'hangs and ignores signals', /did not answer within [\d.]+ s/],
  ['garbage', 'prints garbage', /printed no ExecCredential/],
  ['fails', 'fails', /exited with 1: error: you must log in first/],
  ['fails-with-token', 'prints a token and fails', /exited with 1/],
  ['asks', 'asks for input', /exited with 1: Password: error: no password was given/],
] as const) {
  test(`a plugin that ${what} makes get go on anonymously in time, and is ended and left alone`, async (t) => {
    const world = await machineWithPlugin(t, behaviour);
    const { machine, sandbox, plugin } = world;
    const { token, said } = await machine.answer(sandbox.registryHost);
    assert.equal(token, undefined);
    assert.match(said, fault);
    assert.ok(said.includes(plugin.command), said);
    assert.match(said, /Run: docker-credential-openshift login \S+$/);
    await assertEnded(world);
    // The next image asks nobody: neither the one answer, nor once that has been forgotten.
    assert.equal((await machine.answer(sandbox.registryHost)).token, undefined);
    await machine.forgetAnswers();
    const next = await machine.get(sandbox.registryHost);
    assert.deepEqual([next.status, (await plugin.calls()).length], [1, 1]);
  });
}

test('a plugin that leaves a child with its stdout behind is answered, and the child is ended', async (t) => {
  const world = await machineWithPlugin(t, 'leaves-child');
  const { token } = await world.machine.answer(world.sandbox.registryHost);
  assert.equal(token, fingerprintOf(world.token));
  const [call] = await world.plugin.called();
  assert.ok(call?.childPid !== undefined);
  await assertEnded(world);
});

test('a plugin that was fixed is asked again by renew, before its ten minutes are over', async (t) => {
  const { machine, sandbox, plugin, token } = await machineWithPlugin(t, 'fails');
  assert.equal((await machine.answer(sandbox.registryHost)).token, undefined);
  await plugin.behave('answers');
  const { status, stdout, stderr } = await machine.run(['renew', sandbox.registryHost]);
  assert.equal(status, 0, stderr);
  assert.ok(!`${stdout}${stderr}`.includes(token));
  assert.equal((await machine.answer(sandbox.registryHost)).token, fingerprintOf(token));
});
