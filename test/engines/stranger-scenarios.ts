import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HelperProgram } from '../support/helper-program.ts';
import { credHelpers, type EngineWorld, secretsSentTo } from './engine-world.ts';
import type { Engine } from './engines.ts';
import { LOOK_ALIKE, NAMED_API } from './host-names.ts';
import { assertDone, assertHelperSilent } from './outcomes.ts';

/** Registries of no cluster that the user knows. */
export function testStrangers(engine: Engine, program: HelperProgram, world: () => EngineWorld): void {
  test('a registry of no known cluster is used anonymously, without a word from the helper', async () => {
    const { sandbox, stranger, newHome } = world();
    const host = stranger.registryHost;
    const token = sandbox.issueOAuthToken({ user: 'alice' });
    const home = await newHome({ token, program });
    await home.write(engine.helperFile, credHelpers(host));
    stranger.clearRequests();
    const pull = await engine.pull(home, `${host}/public-ns/public:latest`);
    assertDone(pull, 'the pull');
    assertHelperSilent(pull);
    assertNeverSent(token, stranger);
  });

  test('a registry whose name looks like the cluster’s own never receives the token', async () => {
    const { sandbox, stranger, newHome } = world();
    const port = new URL(stranger.registryUrl).port;
    const host = `${LOOK_ALIKE}:${port}`;
    const token = sandbox.issueOAuthToken({ user: 'alice' });
    const home = await newHome({ token, program });
    const named = sandbox.apiUrl.replace('127.0.0.1', NAMED_API);
    await home.writeKubeconfig(
      sandbox.kubeconfig({ token }).replaceAll(sandbox.apiUrl, named),
      sandbox.caPem,
    );
    await home.write(engine.helperFile, credHelpers(host));
    sandbox.clearRequests();
    stranger.clearRequests();
    assertDone(await engine.pull(home, `${host}/public-ns/public:latest`), 'the anonymous pull');
    assert.ok(secretsSentTo(sandbox).includes(token), 'the cluster was asked whether the host is its own');
    assertNeverSent(token, stranger);
  });
}

function assertNeverSent(token: string, stranger: EngineWorld['stranger']): void {
  assert.ok(stranger.requests.length > 0, 'the registry was asked for the image');
  const leaked = secretsSentTo(stranger).filter((secret) => secret.includes(token));
  assert.equal(leaked.length, 0, 'the token was sent to a stranger');
}
