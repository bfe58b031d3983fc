import { execFileSync } from 'node:child_process';
import { copyFileSync, rmSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { comparePrograms, median } from './compare-programs.ts';
import { type Program, runOnce } from './timed-run.ts';
import { getProgram, prime, startWorld, type World } from './world.ts';

const COLD_RUNS = 9;

/**
 * Compares several forms of the program, each given as a path, with the first: their size, a warm get, and one whose
 * executable is not in the page cache.
 */
async function main(): Promise<void> {
  const paths = process.argv.slice(2).map((path) => resolve(path));
  const world = await startWorld();
  try {
    const home = world.home('home', world.cluster.kubeconfig);
    const programs = paths.map((path) => getProgram(world, [path], home));
    const [first] = programs;
    if (first === undefined) throw new Error('usage: compare-binaries.ts PATH...');
    console.log('program, MB, warm ms, warm / first (rounds), cold ms');
    for (const program of programs) {
      const { firstMs, ratio, spread } = comparePrograms(program, first, {
        directory: world.directory,
        prepare: (copy) => prime(world, copy),
      });
      const [path] = program.command;
      const size = (statSync(path).size / 1e6).toFixed(0);
      const rounds = spread.map((value) => value.toFixed(2)).join('–');
      const cold = coldMs(program, world).toFixed(0);
      console.log(
        `${basename(path)}, ${size}, ${firstMs.toFixed(1)}, ${ratio.toFixed(2)} (${rounds}), ${cold}`,
      );
    }
  } finally {
    await world.stop();
  }
}

/** The median of gets whose executable was dropped from the page cache first. */
function coldMs(program: Program, world: World): number {
  const copy = join(world.directory, 'cold');
  copyFileSync(program.command[0], copy);
  execFileSync('sync', [copy]);
  const cold: Program = { ...program, command: [copy, ...program.command.slice(1)] };
  prime(world, cold);
  const times: number[] = [];
  for (let run = 0; run < COLD_RUNS; run += 1) {
    execFileSync('dd', [`if=${copy}`, 'iflag=nocache', 'count=0', 'status=none']);
    times.push(runOnce(cold, world.directory));
  }
  rmSync(copy);
  return median(times);
}

await main();
