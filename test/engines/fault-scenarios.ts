import { test } from 'node:test';
import type { Fault } from '../sandbox/http/faults.ts';
import type { HelperProgram } from '../support/helper-program.ts';
import { credHelpers, type EngineWorld, staleToken } from './engine-world.ts';
import type { Engine } from './engines.ts';
import { assertDone } from './outcomes.ts';

const faults: readonly Fault[] = [500, 503, 'stall', 'reset', 'garbage', 'html'];

/** Whatever is wrong, a public image can be pulled. */
export function testFaults(engine: Engine, program: HelperProgram, world: () => EngineWorld): void {
  for (const fault of faults) {
    test(`an API server at fault (${fault}) keeps nobody from public images`, async () => {
      const { sandbox, newHome } = world();
      const host = sandbox.registryHost;
      const home = await newHome({ token: staleToken(sandbox), program });
      await home.write(engine.helperFile, credHelpers(host));
      const config = `registries:\n  '${host}':\n    server: ${sandbox.apiUrl}\n`;
      await home.write('.config/docker-credential-openshift/config.yaml', config);
      sandbox.setFault('api', fault);
      try {
        assertDone(await engine.pull(home, `${host}/public-ns/public:latest`), 'the public pull');
      } finally {
        sandbox.setFault('api', null);
      }
    });
  }

  for (const [what, path, text] of [
    ['kubeconfig', '.kube/config', 'clusters: [\n'],
    ['config of ours', '.config/docker-credential-openshift/config.yaml', 'registries: [\n'],
  ] as const) {
    test(`a broken ${what} keeps nobody from public images`, async () => {
      const { sandbox, newHome } = world();
      const host = sandbox.registryHost;
      const home = await newHome({ token: staleToken(sandbox), program });
      await home.write(engine.helperFile, credHelpers(host));
      await home.write(path, text);
      assertDone(await engine.pull(home, `${host}/public-ns/public:latest`), 'the public pull');
    });
  }
}
