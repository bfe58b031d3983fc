import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOMS = ['src/hosts', 'src/registry'];
const TESTS = ['test/hosts', 'test/registry'];
/** A test that hangs by a flipped condition is caught by that. */
const LONGEST_RUN_MS = 120_000;
const FLIPPED: Record<string, string> = {
  '===': '!==',
  '!==': '===',
  '&&': '||',
  '||': '&&',
  '<': '>=',
  '>': '<=',
  '<=': '>',
  '>=': '<',
};
const CONDITION = /(?<= )(?:===|!==|&&|\|\||<=|>=|<|>)(?= |\n)/g;

interface Place {
  readonly file: string;
  readonly at: number;
  readonly operator: string;
}

/** Every condition of a file, but those in comments. */
function placesIn(file: string, text: string): Place[] {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (comment) => ' '.repeat(comment.length));
  return [...code.matchAll(CONDITION)].map(({ index, 0: operator }) => ({ file, at: index, operator }));
}

/** The same order for the same seed (mulberry32). */
function shuffled<T>(items: readonly T[], seed: number): T[] {
  let state = seed;
  const random = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return items
    .map((item) => ({ item, key: random() }))
    .sort((one, other) => one.key - other.key)
    .map(({ item }) => item);
}

function passes(copy: string, tests: readonly string[]): boolean {
  const args = ['--test', '--test-isolation=none', '--test-reporter=dot', ...tests];
  const { status } = spawnSync(process.execPath, args, {
    cwd: copy,
    timeout: LONGEST_RUN_MS,
    stdio: 'ignore',
  });
  return status === 0;
}

const [count = 60, seed = 1] = process.argv.slice(2).map(Number);
const copy = mkdtempSync(join(tmpdir(), 'mutate-'));
try {
  for (const name of ['src', 'test', 'package.json', 'docs', 'scripts'])
    cpSync(name, join(copy, name), { recursive: true });
  symlinkSync(resolve('node_modules'), join(copy, 'node_modules'));
  const tests = TESTS.flatMap((room) =>
    readdirSync(room)
      .filter((name) => name.endsWith('.test.ts'))
      .map((name) => `${room}/${name}`),
  );
  if (!passes(copy, tests)) throw new Error('the tests fail as it is');
  const texts = new Map(
    ROOMS.flatMap((room) =>
      readdirSync(room)
        .filter((name) => name.endsWith('.ts'))
        .map((name): [string, string] => [`${room}/${name}`, readFileSync(`${room}/${name}`, 'utf8')]),
    ),
  );
  const places = shuffled(
    [...texts].flatMap(([file, text]) => placesIn(file, text)),
    seed,
  ).slice(0, count);
  let caught = 0;
  for (const { file, at, operator } of places) {
    const text = texts.get(file) ?? '';
    writeFileSync(join(copy, file), text.slice(0, at) + FLIPPED[operator] + text.slice(at + operator.length));
    const isCaught = !passes(copy, tests);
    if (isCaught) caught += 1;
    else {
      const line = text.slice(0, at).split('\n').length;
      console.log(
        `${file}:${line}: not caught: ${text.split('\n')[line - 1]?.trim()} (${operator} → ${FLIPPED[operator]})`,
      );
    }
    writeFileSync(join(copy, file), text);
  }
  console.log(`${caught} of ${places.length} flipped conditions were caught (seed ${seed})`);
} finally {
  rmSync(copy, { recursive: true, force: true });
}
