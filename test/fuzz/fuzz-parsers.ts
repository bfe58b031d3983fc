import { caseSeed } from './random.ts';
import { runCase, runCases, runGrowth } from './run-cases.ts';
import { targets } from './targets.ts';

/**
 * Runs random cases on everything that reads what others wrote, for so many minutes; says how many, and every finding.
 *
 *   fuzz-parsers.ts MINUTES SEED [TARGET]
 *   fuzz-parsers.ts --case TARGET SEED
 */
const BLOCK = 2000;
const SLOW_BLOCK = 100;
const SHOWN = 1500;
/** Of one target: more of them are one and the same, mostly. */
const MOST_FINDINGS = 3;

const show = (name: string, seed: number, text: string, error: unknown): void => {
  const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stdout.write(
    `FINDING ${name} ${seed}\n${words.slice(0, SHOWN)}\n${JSON.stringify(text).slice(0, SHOWN)}\n`,
  );
};

const [first = '10', ...rest] = process.argv.slice(2);
if (first === '--case') await again(rest[0] ?? '', Number(rest[1]));
else await search(Number(first), Number(rest[0] ?? 1), rest[1]);

async function again(name: string, seed: number): Promise<void> {
  const target = targets.find((one) => one.name === name);
  if (target === undefined) throw new Error(`no target is called ${name}`);
  const finding = (await runCase(target, seed)) ?? (await runGrowth(target, seed));
  if (finding === undefined) process.stdout.write('it holds\n');
  else show(name, seed, finding.text, finding.error);
}

async function search(minutes: number, seed: number, only: string | undefined): Promise<void> {
  const endMs = Date.now() + minutes * 60_000;
  const counts = new Map(targets.map(({ name }) => [name, { cases: 0, growths: 0, ms: 0, findings: 0 }]));
  for (let round = 0; Date.now() < endMs; round += 1) {
    for (const target of targets) {
      const block = target.isSlow ? SLOW_BLOCK : BLOCK;
      const count = counts.get(target.name);
      if (count === undefined || count.findings >= MOST_FINDINGS) continue;
      if (only !== undefined && target.name !== only) continue;
      const startedMs = performance.now();
      const finding =
        (await runCases(target, seed, round * block, block)) ??
        (await runGrowth(target, caseSeed(seed + 1, target.name, round)));
      count.cases += block;
      count.growths += 1;
      count.ms += performance.now() - startedMs;
      if (finding === undefined) continue;
      count.findings += 1;
      show(target.name, finding.seed, finding.text, finding.error);
    }
  }
  let all = 0;
  for (const [name, { cases, growths, ms, findings }] of counts) {
    all += cases + growths;
    const each = cases === 0 ? 0 : Math.round((ms * 1000) / cases);
    process.stdout.write(
      `${name}: ${cases} cases, ${growths} of growth, ${each} µs each, ${findings} findings\n`,
    );
  }
  process.stdout.write(`${all} cases in all, seed ${seed}\n`);
  process.exitCode = [...counts.values()].some(({ findings }) => findings > 0) ? 1 : 0;
}
