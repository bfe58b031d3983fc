import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { runWatchers } from '../support/helper-program.ts';
import { runningSandbox } from '../support/running-sandbox.ts';
import { FAULTS } from './all-faults.ts';
import { runCell } from './cell.ts';
import { COLUMNS, type Column, isTried } from './columns.ts';
import type { Fault } from './fault.ts';
import { isThere } from './means.ts';
import { named, type Ran, slowestOf, withTable, withTimes } from './page.ts';

const PAGE = fileURLToPath(new URL('../../docs/faults.md', import.meta.url));
/**
 * `all`: every cell; an expression: the cells whose names it matches; without it a part of all. UPDATE=1
 * writes docs/faults.md: its table, and after a whole run the times.
 */
const WANTED = process.env.FAULTS ?? '';
const isUpdate = process.env.UPDATE === '1';
/** Of so many cells one is tried in each run: the same ones, or others by SEED. */
const ONE_OF = 12;
const AT_ONCE = Number(process.env.AT_ONCE ?? 3);
/** They wait, and compute nothing meanwhile. */
const WAITING_AT_ONCE = Number(process.env.WAITING ?? 12);

// The commands that are printed are executed by the tests of whole programs.
runWatchers.splice(0);

interface Slot {
  readonly fault: Fault;
  readonly column: Column;
}

const all: readonly Slot[] = FAULTS.flatMap((fault) =>
  COLUMNS.filter((column) => isTried(fault, column)).map((column) => ({ fault, column })),
);

function isWanted({ fault, column }: Slot): boolean {
  if (WANTED === 'all') return true;
  const name = `${column.title}: ${fault.name}`;
  if (WANTED !== '') return new RegExp(WANTED).test(name);
  const number = createHash('sha256')
    .update(`${process.env.SEED ?? 1} ${name}`)
    .digest()
    .readUInt32BE();
  return number % ONE_OF === 0;
}

test('no two faults have one name', () => {
  assert.equal(new Set(FAULTS.map(({ name }) => name)).size, FAULTS.length);
});

const wanted = all.filter(isWanted);
test(`${wanted.length} of ${all.length} cells of the matrix of faults`, { concurrency: 64 }, async (t) => {
  const free: Sandbox[] = [];
  const ran: Ran[] = [];
  const isPossible = ({ fault }: Slot) => isThere(fault.needs);
  const runSlot = async ({ fault, column }: Slot): Promise<void> => {
    await t.test(`${column.title}: ${fault.name}`, async (cell: TestContext) => {
      const sandbox = free.pop() ?? (await runningSandbox(t));
      const outcome = await runCell(cell, { ...column, fault }, sandbox);
      // A sandbox that a failed cell has left somehow is not used again.
      free.push(sandbox);
      ran.push({ name: `${column.title}: ${fault.name}`, ...outcome });
    });
  };
  for (const { fault } of wanted.filter((slot) => !isPossible(slot))) {
    t.diagnostic(`left out: ${named(fault)}`);
  }
  const possible = wanted.filter(isPossible);
  const waiting = possible.filter(({ fault }) => fault.waits === true);
  await inParallel(waiting, WAITING_AT_ONCE, runSlot);
  await inParallel(
    possible.filter(({ fault }) => fault.waits !== true),
    AT_ONCE,
    runSlot,
  );
  for (const line of slowestOf(ran)) t.diagnostic(line);
  if (isUpdate && ran.length === all.length) writeFileSync(PAGE, withTimes(readFileSync(PAGE, 'utf8'), ran));
});

/** Does something with each item, so many at once. */
async function inParallel<T>(
  items: readonly T[],
  atOnce: number,
  act: (item: T) => Promise<void>,
): Promise<void> {
  const rest = [...items];
  const work = async (): Promise<void> => {
    for (let next = rest.shift(); next !== undefined; next = rest.shift()) await act(next);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

test('docs/faults.md has every cell, and what it may come to', () => {
  const page = readFileSync(PAGE, 'utf8');
  const updated = withTable(page, FAULTS);
  if (isUpdate) writeFileSync(PAGE, updated);
  else
    assert.equal(page, updated, 'docs/faults.md is not what the faults say: scripts/test-faults makes it so');
});
