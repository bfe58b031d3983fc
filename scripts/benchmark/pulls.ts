import { chmodSync, copyFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineHome } from '../../test/engines/engine-home.ts';
import { startEngineWorld } from '../../test/engines/engine-world.ts';
import { type EngineName, engineNamed } from '../../test/engines/engines.ts';
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
  for (const name of ['podman', 'skopeo', 'buildah', 'docker'] as const) await measure(name, answering);
}

async function measure(name: EngineName, answering: string): Promise<void> {
  const engine = engineNamed(name);
  const world = await startEngineWorld(engine);
  try {
    const { sandbox } = world;
    const host = sandbox.registryHost;
    const token = sandbox.issueOAuthToken({ user: 'alice' });
    const names = (helper: string) => JSON.stringify({ credHelpers: { [host]: helper } });
    const none = await world.newHome({ program: null });
    const inC = await world.newHome({ program: null });
    const ours = await world.newHome({ token, program: compiledHelper });
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
    console.log(`${name.padEnd(36)}${a} ${b} ${c}   ${median(ratios).toFixed(2)}`);
  } finally {
    await world.stop();
  }
}

await main();
