import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HelperProgram } from '../support/helper-program.ts';
import { credHelpers, type EngineWorld, staleToken } from './engine-world.ts';
import type { Engine } from './engines.ts';
import { assertDone, assertRefused } from './outcomes.ts';

/** Our own `login`, between two pulls. */
export function testLogin(engine: Engine, program: HelperProgram, world: () => EngineWorld): void {
  test('after `login` a private pull works with no further step, also where the last one went on anonymously', async () => {
    const { sandbox, newHome } = world();
    const host = sandbox.registryHost;
    const home = await newHome({ token: staleToken(sandbox), program });
    await home.write(engine.helperFile, credHelpers(host));
    const pull = () => engine.pull(home, `${host}/alice-ns/private:latest`);
    const login = (password: string) =>
      home.run(['docker-credential-openshift', 'login', '-u', 'alice', '--password-stdin'], password);

    assertRefused(await pull(), 'the private pull after the login was over');
    assert.equal((await login('wrong')).status, 1);
    assertRefused(await pull(), 'the private pull after a wrong password');
    assertDone(await login('alice-password'), 'login');
    assertDone(await pull(), 'the private pull after login');
  });
}
