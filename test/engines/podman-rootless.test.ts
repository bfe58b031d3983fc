import { after, before, describe } from 'node:test';
import { engineSuite } from './engine-machine.ts';
import { testAll } from './engine-suite.ts';
import { type EngineWorld, startEngineWorld } from './engine-world.ts';
import { engineNamed } from './engines.ts';
import { testTheFault } from './pull-scenarios.ts';
import { addRootlessUser, removeRootlessUser } from './rootless-user.ts';

// The helper runs inside of podman's user namespace, as a root that is none.
describe(...engineSuite('With podman, rootless', 'podman', 'newuidmap', 'setpriv', 'useradd'), () => {
  const podman = engineNamed('podman');
  let world: EngineWorld | undefined;
  const theWorld = () => world as EngineWorld;
  before(async () => {
    world = await startEngineWorld(podman, await addRootlessUser());
  });
  after(async () => {
    await world?.stop();
    await removeRootlessUser();
  });

  describe('without the helper', () => testTheFault(podman, theWorld));
  describe('and the compiled binary', () => testAll(podman, theWorld));
});
