import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { compiledHelper } from '../support/helper-program.ts';
import { type Dockerd, startDockerd } from './dockerd.ts';
import { createEngineHome, type EngineHome } from './engine-home.ts';
import { engineSuite } from './engine-machine.ts';
import { credHelpers, secretsSentTo, staleToken } from './engine-world.ts';
import { type Engine, engines } from './engines.ts';
import { QCI, QCI_ADDRESS } from './host-names.ts';
import { assertDone, assertHelperSays, assertRefused } from './outcomes.ts';

const image = `${QCI.host}/openshift/ci:ocp_4.18_cli`;

// Real names on their real ports: no config of ours, the built-in catalogue alone binds the host.
const title = 'With the quay proxy of OpenShift CI';
describe(...engineSuite(title, 'podman', 'buildah', 'skopeo', 'docker', 'dockerd'), () => {
  let sandbox: Sandbox;
  let dockerd: Dockerd | undefined;
  const homes: EngineHome[] = [];
  before(async () => {
    sandbox = await startSandbox({
      mode: 'qci',
      apiAddress: QCI_ADDRESS,
      apiPort: 6443,
      registryAddress: QCI_ADDRESS,
      registryPort: 443,
      registryHostNames: [QCI.host, QCI.api],
    });
    dockerd = await startDockerd();
  });
  after(async () => {
    for (const home of homes) await home.remove();
    await Promise.all([dockerd?.stop(), sandbox.stop()]);
  });

  async function newHome(engine: Engine, token: string): Promise<EngineHome> {
    const env = { DOCKER_HOST: dockerd?.address ?? '' };
    const home = await createEngineHome({ program: compiledHelper, env });
    homes.push(home);
    await home.trust(QCI.host, sandbox.ingressCaPem);
    await home.write(engine.helperFile, credHelpers(QCI.host));
    await home.writeKubeconfig(kubeconfig(token), sandbox.caPem);
    return home;
  }
  const kubeconfig = (token: string) =>
    sandbox.kubeconfig({ token }).replaceAll(sandbox.apiUrl, `https://${QCI.api}:6443`);

  for (const engine of engines) {
    test(`${engine.name} pulls with a live login to app.ci`, async () => {
      const token = sandbox.issueOAuthToken({ user: 'alice' });
      const home = await newHome(engine, token);
      sandbox.clearRequests();
      assertDone(await engine.pull(home, image), 'the pull');
      const atTheDoor = sandbox.requests.filter(({ path }) => path.startsWith('/v2/auth'));
      assert.ok(atTheDoor.length > 0, 'the proxy’s own token endpoint was asked');
      assert.ok(secretsSentTo(sandbox).some((secret) => secret.endsWith(`:${token}`)));
    });

    test(`${engine.name} is refused with an expired login, and told which login to renew`, async () => {
      const pull = await engine.pull(await newHome(engine, staleToken(sandbox)), image);
      assertRefused(pull, 'the pull');
      assertHelperSays(pull, /app\.ci/);
    });
  }
});
