import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { type Measures, measureRows, type Row } from './rows.ts';
import { startWorld } from './world.ts';

/** Prints one line per comparison as it is measured; exits with 1 if a bar is missed. */
async function main(): Promise<void> {
  const [directory, ...words] = process.argv.slice(2);
  if (directory === undefined) throw new Error('usage: main.ts DIRECTORY_OF_PROGRAMS [WORD...]');
  const built = (name: string) => join(directory, name);
  const measures: Measures = {
    empty: built('empty'),
    before:
      process.env.BEFORE ?? resolve('dist/libexec/docker-credential-openshift/docker-credential-openshift'),
    ...(existsSync(built('starter'))
      ? { native: { starter: built('starter'), emptyC: built('empty-c'), answering: built('answering') } }
      : {}),
  };
  const world = await startWorld();
  let missed = 0;
  try {
    print(
      { what: cpus()[0]?.model ?? '', ours: 'ours', theirs: 'the other', result: 'ratio (rounds)' },
      'bar',
    );
    for await (const row of measureRows(world, measures, words)) {
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
