import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HelperProgram } from '../support/helper-program.ts';
import { auths, credHelpers, type EngineWorld, staleToken } from './engine-world.ts';
import type { Engine } from './engines.ts';
import { assertDone, assertRefused } from './outcomes.ts';

/** The fault that this program exists to prevent. */
export function testTheFault(engine: Engine, world: () => EngineWorld): void {
  test('a stale token in its own file fails even the public pull', async () => {
    const { sandbox, newHome } = world();
    const host = sandbox.registryHost;
    const home = await newHome({ program: null });
    await home.write(engine.loginFile, auths(host, staleToken(sandbox)));
    assertRefused(await engine.pull(home, `${host}/public-ns/public:latest`), 'the public pull');

    await home.write(engine.loginFile, auths(host, sandbox.issueOAuthToken({ user: 'alice' })));
    assertDone(await engine.pull(home, `${host}/public-ns/public:latest`), 'the same pull with a live token');
  });
}

/** Pulls and pushes with the helper named in the engine's config file. */
export function testPulls(engine: Engine, program: HelperProgram, world: () => EngineWorld): void {
  for (const [what, end] of [
    ['an expired', staleToken],
    ['a revoked', revokedToken],
  ] as const) {
    test(`${what} token in the kubeconfig leaves public pulls working`, async () => {
      const { sandbox, newHome } = world();
      const host = sandbox.registryHost;
      const home = await newHome({ token: end(sandbox), program });
      await home.write(engine.helperFile, credHelpers(host));
      assertDone(await engine.pull(home, `${host}/public-ns/public:latest`), 'the public pull');
      assertRefused(await engine.pull(home, `${host}/alice-ns/private:latest`), 'the private pull');
    });
  }

  test('a live token opens exactly what the user may see', async () => {
    const { sandbox, newHome } = world();
    const host = sandbox.registryHost;
    const home = await newHome({ token: sandbox.issueOAuthToken({ user: 'alice' }), program });
    await home.write(engine.helperFile, credHelpers(host));
    for (const image of ['public-ns/public', 'openshift/tools', 'alice-ns/private']) {
      assertDone(await engine.pull(home, `${host}/${image}:latest`), image);
    }
    assertRefused(await engine.pull(home, `${host}/bob-ns/secret:latest`), 'the image of another user');
  });

  test('a live token pushes where the user may push, and nowhere else', async () => {
    const { sandbox, newHome } = world();
    const host = sandbox.registryHost;
    const home = await newHome({ token: sandbox.issueOAuthToken({ user: 'alice' }), program });
    await home.write(engine.helperFile, credHelpers(host));
    const image = `${host}/alice-ns/private:latest`;
    assertDone(await engine.pull(home, image), 'the private pull');
    const tag = program.name.replaceAll(' ', '-');
    assertDone(await engine.push(home, image, `${host}/alice-ns/pushed:${tag}`), 'the push');
    assert.ok(sandbox.images.manifest('alice-ns/pushed', tag), 'the registry has the image');
    for (const namespace of ['openshift', 'bob-ns']) {
      assertRefused(await engine.push(home, image, `${host}/${namespace}/pushed:${tag}`), namespace);
      assert.equal(sandbox.images.manifest(`${namespace}/pushed`, tag), undefined);
    }
  });
}

function revokedToken(sandbox: EngineWorld['sandbox']): string {
  const token = sandbox.issueOAuthToken({ user: 'alice' });
  sandbox.revoke(token);
  return token;
}
