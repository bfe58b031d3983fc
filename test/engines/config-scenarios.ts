import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HelperProgram } from '../support/helper-program.ts';
import { auths, credHelpers, type EngineWorld, staleToken } from './engine-world.ts';
import type { Engine } from './engines.ts';
import { assertDone, assertRefused } from './outcomes.ts';

/** What `setup` and our own config change for the engine. */
export function testConfig(engine: Engine, program: HelperProgram, world: () => EngineWorld): void {
  test('after setup, and nothing else, a stale login does no harm and a live one opens private images', async () => {
    const { sandbox, newHome } = world();
    const host = sandbox.registryHost;
    const stale = staleToken(sandbox);
    const home = await newHome({ token: sandbox.issueOAuthToken({ user: 'alice' }), program });
    await home.write(engine.loginFile, auths(host, stale));
    assertRefused(await engine.pull(home, `${host}/public-ns/public:latest`), 'the public pull before');

    assertDone(await home.run(['docker-credential-openshift', 'setup', host, '--yes']), 'setup');
    for (const image of ['public-ns/public', 'alice-ns/private']) {
      assertDone(await engine.pull(home, `${host}/${image}:latest`), image);
    }

    await home.writeKubeconfig(sandbox.kubeconfig({ token: stale }), sandbox.caPem);
    assertDone(await engine.pull(home, `${host}/public-ns/public:latest`), 'with an expired token');
    assertRefused(
      await engine.pull(home, `${host}/alice-ns/private:latest`),
      'private, with an expired token',
    );

    await home.writeKubeconfig(
      sandbox.kubeconfig({ token: sandbox.issueOAuthToken({ user: 'alice' }) }),
      sandbox.caPem,
    );
    assertDone(await engine.pull(home, `${host}/alice-ns/private:latest`), 'private, after a new oc login');
  });

  test('a namespace open to guests only is closed by a live token, and opened by anonymous: true', async () => {
    const { sandbox, newHome } = world();
    const host = sandbox.registryHost;
    const home = await newHome({ token: sandbox.issueOAuthToken({ user: 'alice' }), program });
    await home.write(engine.helperFile, credHelpers(host));
    const image = `${host}/guest-ns/open:latest`;
    assertRefused(await engine.pull(home, image), 'the pull with a login');

    const config = `registries:\n  '${host}':\n    anonymous: true\n`;
    await home.write('.config/docker-credential-openshift/config.yaml', config);
    sandbox.clearRequests();
    assertDone(await engine.pull(home, image), 'the pull as a guest');
    const asked = sandbox.requests.filter(({ server }) => server === 'api');
    assert.equal(asked.length, 0, 'the cluster was not asked');
  });
}
