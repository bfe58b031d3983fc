import { chmodSync, copyFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineHome } from '../../test/engines/engine-home.ts';
import { startEngineWorld } from '../../test/engines/engine-world.ts';
import { type Engine, engineNamed } from '../../test/engines/engines.ts';
import { compiledHelper } from '../../test/support/helper-program.ts';
import { median } from './compare-programs.ts';

const ROUNDS = 21;
const NAME = 'docker-credential-answering';

/**
 * Whole pulls of a public image, in turn: with no helper, with one in C that answers the same line, with ours, warm.
 * @param answering the compiled answering.c, which answers with what lies beside it
 */
async function main(): Promise<void> {
  const [answering] = process.argv.slice(2);
  if (answering === undefined) throw new Error('usage: pulls.ts ANSWERING_PROGRAM');
  console.log('whole pull, medians of 21 in turn     no helper   C helper       ours   ours / C');
  for (const name of ['podman', 'skopeo', 'buildah', 'docker'] as const)
    await measure(engineNamed(name), answering);
  const { CRANE: crane } = process.env;
  if (crane === undefined) console.log('crane: left out, since CRANE does not say where it is');
  else await measure(puller(crane), answering);
}

type Puller = Pick<Engine, 'pull' | 'helperFile'> & { readonly name: string };

/** crane (Debian testing has it, Debian 12 has not): it fetches an image's manifest, trusting what the system does. */
function puller(crane: string): Puller {
  return {
    name: 'crane',
    helperFile: '.docker/config.json',
    pull: (home, image) => home.run([crane, 'manifest', image]),
  };
}

async function measure(engine: Puller, answering: string): Promise<void> {
  const world = await startEngineWorld(engine);
  try {
    const { sandbox } = world;
    const host = sandbox.registryHost;
    const authority = sandbox.ingressCaPem;
    const token = sandbox.issueOAuthToken({ user: 'alice' });
    const names = (helper: string) => JSON.stringify({ credHelpers: { [host]: helper } });
    const none = await world.newHome({ authority, program: null });
    const inC = await world.newHome({ authority, program: null });
    const ours = await world.newHome({ token, authority, program: compiledHelper });
    const program = join(inC.directory, 'bin', NAME);
    copyFileSync(answering, program);
    chmodSync(program, 0o755);
    const line = JSON.stringify({ ServerURL: host, Username: 'alice-', Secret: token });
    await inC.write(`bin/${NAME}.line`, `${line}\n`);
    await inC.write(engine.helperFile, names('answering'));
    await ours.write(engine.helperFile, names('openshift'));
    const pull = async (home: EngineHome): Promise<number> => {
      const startedMs = performance.now();
      const { status, output } = await engine.pull(home, `${host}/public-ns/public:latest`);
      if (status !== 0) throw new Error(output);
      return performance.now() - startedMs;
    };
    const homes = [none, inC, ours] as const;
    const times: number[][] = [[], [], []];
    for (let round = -2; round < ROUNDS; round += 1) {
      for (const [index, home] of homes.entries()) {
        const ms = await pull(home);
        if (round >= 0) times[index]?.push(ms);
      }
    }
    const ratios = (times[2] ?? []).map((ms, index) => ms / (times[1]?.[index] ?? Number.NaN));
    const [a, b, c] = times.map((each) => `${median(each).toFixed(1)} ms`.padStart(10));
    console.log(`${engine.name.padEnd(36)}${a} ${b} ${c}   ${median(ratios).toFixed(2)}`);
  } finally {
    await world.stop();
  }
}

await main();
