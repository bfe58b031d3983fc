import assert from 'node:assert/strict';
import { test } from 'node:test';
import { caseSeed } from './random.ts';
import { type Finding, runCases, runGrowth } from './run-cases.ts';
import { targets } from './targets.ts';

/** The same in every run, and others by SEED: `scripts/fuzz` goes on from there for as long as one likes. */
const SEED = Number(process.env.SEED ?? 1);
const CASES = 300;
const CASES_OF_SLOW = 30;

function none(finding: Finding | undefined): void {
  if (finding === undefined) return;
  const { target, seed, text, error } = finding;
  const words = error instanceof Error ? error.stack : String(error);
  assert.fail(`scripts/fuzz --case ${target} ${seed}\n${words}\n${JSON.stringify(text.slice(0, 1000))}`);
}

for (const target of targets) {
  test(`${target.name}: whatever is read, it is taken as it is meant or refused in words without a secret`, async () => {
    none(await runCases(target, SEED, 0, target.isSlow ? CASES_OF_SLOW : CASES));
  });
}

test('what is read takes time in proportion to its length', async () => {
  for (const target of targets.filter(({ isSlow }) => !isSlow))
    none(await runGrowth(target, caseSeed(SEED, target.name, 0)));
});
