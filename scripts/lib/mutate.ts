import { spawn } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { type Node, parse } from 'acorn';

const ROOMS = ['hosts', 'registry', 'engines'];
/** Tests that need neither the built program nor an engine. */
const TESTS = ['hosts', 'registry', 'engines', 'commands', 'config', 'protocol'];
const STARTS_PROGRAMS =
  /^test\/engines\/(?!engine-state)[^/]*$|(?:killed-edits|edits-on-disk|pages-in-a-browser|systemd-itself|against-a-cluster)/;
/** A test that hangs by a flipped condition is caught by that; it is told, since a busy machine may seem to hang. */
const LONGEST_RUN_MS = 300_000;
const AT_ONCE = 3;
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

/** A condition, and what stands in its place once it is flipped. */
interface Flip {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly by: string;
}

type Fields = Record<string, unknown> & Pick<Node, 'type' | 'start' | 'end'>;

/** Every comparison, `&&` and `||` of a file, and whatever else an `if`, a loop or a `?:` asks. */
function flipsIn(file: string, text: string): Flip[] {
  const flips: Flip[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    if (typeof value !== 'object' || value === null || !('type' in value)) return;
    const node = value as Fields;
    const { left, right, operator, test } = node as Record<string, Fields> & { operator?: string };
    const by = FLIPPED[operator ?? ''];
    if (by !== undefined && left !== undefined && right !== undefined) {
      const start = text.indexOf(operator ?? '', left.end);
      flips.push({ file, start, end: start + (operator ?? '').length, by });
    }
    if (test !== undefined && test !== null && !isOperation(test)) {
      const { start, end } = test;
      flips.push({ file, start, end, by: `!(${text.slice(start, end)})` });
    }
    for (const part of Object.values(node)) visit(part);
  };
  // Types become spaces: every place stays where it is.
  visit(parse(stripTypeScriptTypes(text), { ecmaVersion: 'latest', sourceType: 'module' }));
  return flips;
}

function isOperation({ type, operator }: Fields): boolean {
  return /^(?:Binary|Logical)Expression$/.test(type) && FLIPPED[operator as string] !== undefined;
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

function filesBelow(directory: string, suffix: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(suffix))
    .map((name) => `${directory}/${name}`)
    .sort();
}

const importsOf = new Map<string, readonly string[]>();

/** The files that a file imports, but for their types alone. */
function imports(file: string): readonly string[] {
  const known = importsOf.get(file);
  if (known !== undefined) return known;
  const found = [
    ...readFileSync(file, 'utf8').matchAll(/^(import type .*)|(?:from|import\() ?'(\.[^']*\.ts)'/gm),
  ]
    .flatMap(([, , specifier]) => specifier ?? [])
    .map((specifier) => join(dirname(file), specifier));
  importsOf.set(file, found);
  return found;
}

/** The files that are loaded with a file. */
function loadedWith(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const other of imports(file)) loadedWith(other, seen);
  return seen;
}

/** A copy of what is flipped and of its tests; all else is this very tree. */
function copyTree(): string {
  const copy = mkdtempSync(join(tmpdir(), 'mutate-'));
  for (const name of readdirSync('.')) {
    if (name === 'src' || name === 'test') cpSync(name, join(copy, name), { recursive: true });
    else if (name !== '.git') symlinkSync(resolve(name), join(copy, name));
  }
  mkdirSync(join(copy, 'temporary'));
  return copy;
}

type Outcome = 'passed' | 'failed' | 'hung';
const TOLD: Record<Outcome, string> = { passed: 'NOT CAUGHT', failed: 'caught', hung: 'caught by hanging' };

function run(copy: string, tests: readonly string[], timeout = LONGEST_RUN_MS): Promise<Outcome> {
  if (tests.length === 0) return Promise.resolve('passed');
  const args = ['--test', '--test-isolation=none', '--test-reporter=tap', ...tests];
  const env = { ...process.env, TMPDIR: join(copy, 'temporary') };
  return new Promise((done) => {
    const child = spawn(process.execPath, args, {
      cwd: copy,
      timeout,
      stdio: ['ignore', 'pipe', 'ignore'],
      env,
    });
    let hasFailed = false;
    createInterface(child.stdout).on('line', (line) => {
      // The first one is enough.
      if (/^ *not ok /.test(line)) hasFailed = child.kill('SIGKILL');
    });
    child.on('close', (status) =>
      done(status === 0 ? 'passed' : hasFailed || status !== null ? 'failed' : 'hung'),
    );
  });
}

const [count = 150, seed = 1] = process.argv.slice(2).map(Number);
const texts = new Map(
  ROOMS.flatMap((room) => filesBelow(`src/${room}`, '.ts')).map((file) => [file, readFileSync(file, 'utf8')]),
);
const tests = TESTS.flatMap((room) => filesBelow(`test/${room}`, '.test.ts'))
  .filter((test) => !STARTS_PROGRAMS.test(test))
  .map((test) => ({ test, loaded: loadedWith(test) }));
const all = [...texts].flatMap(([file, text]) => flipsIn(file, text));
const waiting = shuffled(all, seed).slice(0, count);
const total = waiting.length;
console.log(`${total} of ${all.length} conditions in ${texts.size} files, seed ${seed}`);
const outcomes: Record<Outcome, number> = { passed: 0, failed: 0, hung: 0 };

/** The tests that load a file, those that import it first, then its own room's. */
function testsOf(file: string): readonly (readonly string[])[] {
  const room = file.replace(/^src(\/[^/]+\/).*/, 'test$1');
  const loading = tests.flatMap(({ test, loaded }) => (loaded.has(file) ? [test] : []));
  const distance = (test: string) => (imports(test).includes(file) ? 0 : test.startsWith(room) ? 1 : 2);
  return [0, 1, 2].map((wanted) => loading.filter((test) => distance(test) === wanted));
}

/** Flips one condition after the other, each against the tests that load its file. */
async function work(copy: string): Promise<void> {
  for (let flip = waiting.shift(); flip !== undefined; flip = waiting.shift()) {
    const { file, start, end, by } = flip;
    const text = texts.get(file) ?? '';
    writeFileSync(join(copy, file), text.slice(0, start) + by + text.slice(end));
    let outcome: Outcome = 'passed';
    for (const some of testsOf(file)) if (outcome === 'passed') outcome = await run(copy, some);
    writeFileSync(join(copy, file), text);
    outcomes[outcome] += 1;
    const line = text.slice(0, start).split('\n').length;
    const change = `${text.slice(start, end)} → ${by}`;
    console.log(`${file}:${line}: ${TOLD[outcome]}: ${text.split('\n')[line - 1]?.trim()} (${change})`);
  }
}

const copies = Array.from({ length: Math.min(AT_ONCE, total) }, copyTree);
try {
  const asItIs = async (copy: string): Promise<void> => {
    const names = tests.map(({ test }) => test);
    if ((await run(copy, names, 0)) !== 'passed') throw new Error('the tests fail as it is');
  };
  await Promise.all(
    copies.map(async (copy, index) => {
      if (index === 0) await asItIs(copy);
      await work(copy);
    }),
  );
  console.log(`${outcomes.failed + outcomes.hung} of ${total} flipped conditions were caught (seed ${seed})`);
} finally {
  for (const copy of copies) rmSync(copy, { recursive: true, force: true });
}
