import { after, before, describe, test } from 'node:test';
import { compiledHelper } from '../support/helper-program.ts';
import { engineSuite, programPaths } from './engine-machine.ts';
import { type EngineWorld, startEngineWorld } from './engine-world.ts';
import { engineNamed } from './engines.ts';
import { assertDone, assertRefused } from './outcomes.ts';
import type { Command } from './run-program.ts';

describe(...engineSuite('With a file from authfile, and no helper', 'podman', 'skopeo'), () => {
  let world: EngineWorld | undefined;
  before(async () => {
    world = await startEngineWorld(engineNamed('podman'));
  });
  after(() => world?.stop());

  for (const [name, pull] of [
    ['podman', (file, image) => [programPaths.podman, 'pull', '--authfile', file, image]],
    ['skopeo', (file, image) => [programPaths.skopeo, 'inspect', '--authfile', file, `docker://${image}`]],
  ] as [name: string, pull: (file: string, image: string) => Command][]) {
    test(`${name} opens what the user, or the account, may see`, async () => {
      const { sandbox, newHome } = world as EngineWorld;
      const host = sandbox.registryHost;
      const home = await newHome({
        token: sandbox.issueOAuthToken({ user: 'alice' }),
        program: compiledHelper,
      });
      const file = `${home.directory}/file.json`;
      const image = `${host}/alice-ns/private:latest`;
      await home.write('file.json', '{"auths":{}}');
      assertRefused(await home.run(pull(file, image)), 'the pull before');
      const authfile = ['docker-credential-openshift', 'authfile', '--to', file, host] as const;
      assertDone(await home.run(authfile), 'authfile');
      assertDone(await home.run(pull(file, image)), 'the pull as alice');
      assertDone(
        await home.run([...authfile, '--service-account', 'alice-ns/puller']),
        'authfile for the account',
      );
      assertDone(await home.run(pull(file, image)), 'the pull as the account');
      assertRefused(await home.run(pull(file, `${host}/bob-ns/secret:latest`)), 'the image of another user');
    });
  }
});
