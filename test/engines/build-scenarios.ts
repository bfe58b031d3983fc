import { test } from 'node:test';
import type { HelperProgram } from '../support/helper-program.ts';
import { credHelpers, type EngineWorld, staleToken } from './engine-world.ts';
import type { Engine } from './engines.ts';
import { assertDone, assertRefused } from './outcomes.ts';

/** docker's classic builder asks for every host of `credHelpers`; one error would end the build. */
const OTHER_HOSTS = ['registry.ci.openshift.org', 'registry.svc.ci.openshift.org', 'quay.io'];

/** Builds start from images that the helper opens. */
export function testBuilds(engine: Engine, program: HelperProgram, world: () => EngineWorld): void {
  const { build } = engine;
  if (build === undefined) return;
  test('a build starts from a private image with a live token, from a public one with an expired token', async () => {
    const { sandbox, newHome } = world();
    const host = sandbox.registryHost;
    const home = await newHome({ token: sandbox.issueOAuthToken({ user: 'alice' }), program });
    await home.write(engine.helperFile, credHelpers(host, ...OTHER_HOSTS));
    const buildFrom = async (image: string) => {
      await home.write('build/Dockerfile', `FROM ${host}/${image}:latest\nLABEL of=${image}\n`);
      return build(home, `${home.directory}/build`);
    };
    assertDone(await buildFrom('alice-ns/private'), 'the build from a private image');
    assertRefused(await buildFrom('bob-ns/secret'), 'the build from the image of another user');
    await home.writeKubeconfig(sandbox.kubeconfig({ token: staleToken(sandbox) }), sandbox.caPem);
    assertDone(await buildFrom('public-ns/public'), 'the build from a public image');
  });
}
