import { fileURLToPath } from 'node:url';
import { startSandbox } from '../../../test/sandbox/sandbox.ts';
import { choosePuller } from './choose-puller.ts';
import { createDemoHome, type DemoHome } from './demo-home.ts';
import { storyImages, tellStory } from './tell-story.ts';

const helper = fileURLToPath(new URL('../../../dist/docker-credential-openshift', import.meta.url));

/** Shows the helper at work; leaves nothing behind, Ctrl-C included. Returns the exit status. */
async function main(): Promise<number> {
  const interruption = new AbortController();
  const { signal } = interruption;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interruption.abort());
  // Whoever read along has gone (`| head`).
  process.stdout.on('error', () => interruption.abort());

  const home = createDemoHome(helper, process.env);
  try {
    return await runIn(home, signal);
  } catch (error) {
    // The one error to expect is Ctrl-C's.
    if (!signal.aborted) throw error;
    return 130;
  } finally {
    home.remove();
  }
}

async function runIn(home: DemoHome, signal: AbortSignal): Promise<number> {
  const print = (line: string) => void process.stdout.write(`${line}\n`);
  const sandbox = await startSandbox();
  try {
    const { registryHost: host, ingressCaPem: caPem } = sandbox;
    const { publicImage, privateImage } = storyImages(host);
    home.write(`.config/containers/certs.d/${host}/ca.crt`, caPem);
    home.write('.docker/config.json', '{}');
    const puller = await choosePuller(publicImage, { home, signal, caPem, userEnv: process.env });
    print(`A small OpenShift runs on loopback; its registry is ${host}.`);
    print(`Images are pulled with ${puller.name}.`);
    const asTold = await tellStory({ sandbox, home, puller, signal, print }).finally(() =>
      puller.forget([publicImage, privateImage]),
    );
    print(asTold ? '' : '\nNot every step went as it should have.');
    return asTold ? 0 : 1;
  } finally {
    await sandbox.stop();
  }
}

process.exit(await main());
