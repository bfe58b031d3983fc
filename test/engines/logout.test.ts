import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { compiledHelper } from '../support/helper-program.ts';
import { engineSuite } from './engine-machine.ts';
import { type EngineWorld, startEngineWorld } from './engine-world.ts';
import { engineNamed } from './engines.ts';
import { assertDone, assertHelperSays, assertRefused } from './outcomes.ts';

describe(...engineSuite('After logout', 'podman', 'docker', 'dockerd'), () => {
  let world: EngineWorld | undefined;
  before(async () => {
    world = await startEngineWorld(engineNamed('docker'));
  });
  after(() => world?.stop());

  for (const engine of [engineNamed('podman'), engineNamed('docker')]) {
    test(`${engine.name} pulls public images and no others, whatever its own logout left behind`, async () => {
      const { sandbox, newHome } = world as EngineWorld;
      const host = sandbox.registryHost;
      const token = sandbox.issueOAuthToken({ user: 'alice' });
      const home = await newHome({ token, program: compiledHelper });
      const login = { auth: Buffer.from(`alice:${token}`).toString('base64') };
      const files = {
        'runtime/containers/auth.json': { auths: { [host]: login, [`${host}/alice-ns`]: login } },
        '.config/containers/auth.json': { auths: { [host]: login }, credHelpers: { [host]: 'openshift' } },
        '.docker/config.json': {
          auths: { [`https://${host}/v1/`]: login, [host]: login },
          credHelpers: { [host]: 'openshift' },
        },
        '.dockercfg': { [host]: login },
      };
      for (const [path, content] of Object.entries(files)) await home.write(path, JSON.stringify(content));
      const pull = (image: string) => engine.pull(home, `${host}/${image}:latest`);
      assertDone(await pull('alice-ns/private'), 'the private pull before');
      await engine.logout(home, host);

      assertDone(await home.run(['docker-credential-openshift', 'logout', host]), 'logout');
      for (const path of Object.keys(files)) {
        assert.doesNotMatch((await home.read(path)) ?? '', /"auth"/, `${path} holds a login`);
      }
      const next = sandbox.issueOAuthToken({ user: 'alice' });
      await home.writeKubeconfig(sandbox.kubeconfig({ token: next }), sandbox.caPem);
      assertDone(await pull('public-ns/public'), 'the public pull');
      const refused = await pull('alice-ns/private');
      assertRefused(refused, 'the private pull');
      assertHelperSays(refused, /You signed out of .* by `logout`/);

      const credential = JSON.stringify({ ServerURL: host, Username: 'alice', Secret: next });
      assertDone(await home.run(['docker-credential-openshift', 'store'], credential), 'store');
      assertDone(await pull('alice-ns/private'), 'the private pull after signing in again');
    });
  }
});
