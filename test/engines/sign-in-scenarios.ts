import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HelperProgram } from '../support/helper-program.ts';
import { credHelpers, type EngineWorld } from './engine-world.ts';
import type { Engine } from './engines.ts';
import { assertDone, assertRefused } from './outcomes.ts';

/** `login` and `logout` of the engine, which call the helper's `store` and `erase`. */
export function testSignIn(engine: Engine, program: HelperProgram, world: () => EngineWorld): void {
  test('logout makes it anonymous; the same token typed again, or a new one from oc login, signs in', async () => {
    const { sandbox, newHome } = world();
    const host = sandbox.registryHost;
    const token = sandbox.issueOAuthToken({ user: 'alice' });
    const home = await newHome({ token, program });
    // podman and its kin hand logins to a helper only if the file that they write names it.
    await home.write(engine.loginFile, credHelpers(host));
    const pull = (image: string) => engine.pull(home, `${host}/${image}:latest`);

    assertDone(await pull('alice-ns/private'), 'the private pull');
    assertDone(await engine.logout(home, host), 'logout');
    assertRefused(await pull('alice-ns/private'), 'the private pull after logout');
    assertDone(await pull('public-ns/public'), 'the public pull after logout');

    assertDone(await engine.login(home, host, 'alice', token), 'login');
    assert.ok(
      !(await home.read(engine.loginFile))?.includes('"auth"'),
      'the engine kept no copy of the token',
    );
    assertDone(await pull('alice-ns/private'), 'the private pull after login');

    assertDone(await engine.logout(home, host), 'the second logout');
    assertRefused(await pull('alice-ns/private'), 'the private pull after the second logout');
    const next = sandbox.issueOAuthToken({ user: 'alice' });
    await home.writeKubeconfig(sandbox.kubeconfig({ token: next }), sandbox.caPem);
    assertDone(await pull('alice-ns/private'), 'the private pull after a new oc login');
  });
}
