import { cpus } from 'node:os';
import { measureRows, type Row } from './rows.ts';
import { startWorld } from './world.ts';

/** Prints one line per comparison as it is measured; exits with 1 if a bar is missed. */
async function main(): Promise<void> {
  const [empty] = process.argv.slice(2);
  if (empty === undefined) throw new Error('usage: main.ts EMPTY_PROGRAM');
  const world = await startWorld();
  let missed = 0;
  try {
    print(
      { what: cpus()[0]?.model ?? '', ours: 'ours', theirs: 'the other', result: 'ratio (rounds)' },
      'bar',
    );
    for await (const row of measureRows(world, empty)) {
      if (row.bar?.met === false) missed += 1;
      print(row, row.bar === undefined ? '' : `${row.bar.text}  ${row.bar.met ? 'met' : 'MISSED'}`);
    }
  } finally {
    await world.stop();
  }
  process.exitCode = missed === 0 ? 0 : 1;
}

function print({ what, ours, theirs, result }: Row, bar: string): void {
  const columns = [what.padEnd(58), ours.padStart(10), theirs.padStart(10), result.padStart(18), bar];
  process.stdout.write(`${columns.join('  ').trimEnd()}\n`);
}

await main();
