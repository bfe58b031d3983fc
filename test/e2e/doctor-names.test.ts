import assert from 'node:assert/strict';
import { test } from 'node:test';
import { helperPrograms } from '../support/helper-program.ts';
import { OFF_NETWORK } from '../support/off-network.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { findingsOf, installEngine } from './doctor-findings.ts';
import { bindByConfig, helperHome, loggedIn } from './helper-home.ts';

/** RFC 2606: no DNS server knows it. */
const NOWHERE = 'foo.invalid';

for (const program of helperPrograms) {
  test(`${program.name}: doctor asks each registry that an engine asks, and says of which it speaks`, async (t) => {
    const sandbox = await runningSandbox(t);
    const host = sandbox.registryHost;
    const home = await loggedIn(t, program, sandbox);
    await bindByConfig(home, sandbox);
    const table = `[[registry]]\nprefix = "${NOWHERE}"\nlocation = "${host}"\n`;
    await home.write(`${home.directory}/.config/containers/registries.conf.d/50-names.conf`, table);
    const image = `${NOWHERE}/alice-ns/private`;
    const asked = async (...words: string[]) =>
      (await findingsOf(home, [image, ...words], 'registry')).map(({ status, why }) => [
        status,
        why.replace(/reached.*/, 'reached'),
      ]);
    const is = 'answers as an OpenShift registry';
    const away = `The registry ${NOWHERE} can't be reached`;
    const ofPodman = ['ok', `podman: ${host} ${is}`];
    await installEngine(home, 'podman');
    assert.deepEqual(await asked(), [ofPodman]);
    await installEngine(home, 'docker');
    assert.deepEqual(await asked(), [['problem', `docker: ${away}`], ofPodman]);
    assert.deepEqual(await asked('--engine', 'podman'), [['ok', `${host} ${is}`]]);
    assert.deepEqual(await asked('--engine', 'docker'), [['problem', away]]);
  });

  test(`${program.name}: what podman makes of a name without a registry counts where podman is`, async (t) => {
    const home = helperHome(t, program, OFF_NETWORK);
    await home.write(`${home.directory}/.config/containers/registries.conf`, '');
    const found = async () => (await findingsOf(home, ['ns/app'], 'short-name')).map(({ status }) => status);
    await installEngine(home, 'docker');
    assert.deepEqual(await found(), []);
    await installEngine(home, 'podman');
    assert.deepEqual(await found(), ['problem']);
  });
}
