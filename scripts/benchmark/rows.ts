import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { findProgram } from '../../test/support/find-program.ts';
import { measureColdGet } from './cold-get.ts';
import { type Comparison, comparePrograms } from './compare-programs.ts';
import {
  coldInTurn,
  evictedInTurn,
  medianMs,
  type Pairs,
  p95Ms,
  startInTurn,
  whileBusy,
} from './front-rows.ts';
import { ecrHelper, type GoHelper, inSameKeyring, secretServiceHelper } from './go-helpers.ts';
import { largeKubeconfig } from './large-kubeconfig.ts';
import type { Program } from './timed-run.ts';
import { getProgram, prime, provideProgram, type World } from './world.ts';

/** A line of the table. */
export interface Row {
  readonly what: string;
  readonly ours: string;
  readonly theirs: string;
  readonly result: string;
  /** Undefined: for information only. */
  readonly bar?: { readonly text: string; readonly met: boolean };
}

const BINARY = resolve('dist/docker-credential-openshift');
/** What the front starts; without a front there is none. */
const MAIN = resolve('dist/libexec/docker-credential-openshift/docker-credential-openshift');
const BUNDLE = resolve('dist/node/main.js');
const COLD_BAR_MS = 60;
/** Debian's; what AWS_CA_BUNDLE names behind a company's proxy. */
const SYSTEM_ROOTS = '/etc/ssl/certs/ca-certificates.crt';

type Bar = { readonly atMost: number } | { readonly below: number };

/** What is measured against: compiled by scripts/bench. */
export interface Measures {
  /** The empty program, compiled as ours is. */
  readonly empty: string;
  /** Undefined without a C compiler: there is no front then either. */
  readonly native?: {
    readonly starter: string;
    /** An empty static program in C. */
    readonly emptyC: string;
    /** One that answers with the line that it is given. */
    readonly answering: string;
  };
  /** What `get` was before: an older build, or the program without its front. */
  readonly before: string;
}

/** A row by its name, which `scripts/bench WORD` looks for. */
interface NamedRow {
  readonly name: string;
  measure(): AsyncGenerator<Row> | Generator<Row>;
}

/**
 * Measures one row after the other.
 * @param words those rows whose name holds one of them; none: all
 */
export async function* measureRows(
  world: World,
  measures: Measures,
  words: readonly string[],
): AsyncGenerator<Row> {
  for (const { name, measure } of [...frontRows(world, measures), ...programRows(world, measures)]) {
    if (words.length === 0 || words.some((word) => name.includes(word))) yield* measure();
  }
}

function programRows(world: World, { empty }: Measures): readonly NamedRow[] {
  const { cluster } = world;
  const home = world.home('home', cluster.kubeconfig);
  const warm = getProgram(world, [BINARY], home);
  const compare = (second: Program, first = warm): Comparison =>
    comparePrograms(first, second, { ...world, prepare: (copy) => prime(world, copy) });
  const nothing = { ...warm, command: [empty] as const, expect: { status: 0, output: /^$/ } };
  const ecr = (env: Record<string, string>) => (path: string) => ecrHelper(path, world.directory, env);
  const keyring = (path: string) => secretServiceHelper(path, world.directory);
  return [
    named('warm get / an empty program', function* (what) {
      yield row(what, compare(nothing), { atMost: 1.2 });
    }),
    named('warm get / docker-credential-ecr-login', () =>
      helperRow('docker-credential-ecr-login', ecr({}), compare, { atMost: 0.35 }),
    ),
    named('warm get / docker-credential-ecr-login with AWS_CA_BUNDLE', async function* () {
      if (!existsSync(SYSTEM_ROOTS)) return;
      const start = ecr({ AWS_CA_BUNDLE: SYSTEM_ROOTS });
      yield* helperRow('docker-credential-ecr-login', start, compare, undefined, ' with AWS_CA_BUNDLE');
    }),
    named('warm get / docker-credential-secretservice', () =>
      helperRow('docker-credential-secretservice', keyring, compare, { below: 1 }),
    ),
    named('get of a stored secret', () => storedSecretRow(world, compare)),
    named('warm get, 1,000 contexts / one', function* (what) {
      const large = getProgram(world, [BINARY], world.home('large', largeKubeconfig(cluster.kubeconfig)));
      const one = comparePrograms(large, warm, {
        ...world,
        prepare: (copy) => {
          prime(world, copy);
          prime(world, { ...copy, env: home });
        },
      });
      yield row(what, one, { atMost: 1.1 });
    }),
    named('cold get / its one API request', async function* (what) {
      const { getMs, requestMs } = await measureColdGet(warm, world);
      const overMs = getMs - requestMs;
      yield {
        what,
        ours: ms(getMs),
        theirs: ms(requestMs),
        result: `+${ms(overMs)}`,
        bar: { text: `≤ +${COLD_BAR_MS} ms`, met: overMs <= COLD_BAR_MS },
      };
    }),
    named('warm get, anonymous / an empty program', function* (what) {
      const expired = world.home('expired', cluster.expiredKubeconfig);
      yield row(what, compare(nothing, getProgram(world, [BINARY], expired, 'anonymous')));
    }),
    named('warm get under Node', function* () {
      const underNode = getProgram(world, [process.execPath, BUNDLE], world.home('node', cluster.kubeconfig));
      yield row('warm get under Node / an empty program', compare(nothing, underNode));
      const version = execFileSync(process.execPath, ['--version'], { encoding: 'utf8' }).trim();
      const emptyNode = { ...nothing, command: [process.execPath, '-e', ''] as const };
      yield row(`warm get under Node / Node ${version} with no program`, compare(emptyNode, underNode));
    }),
  ];
}

/** The rows of the native front, with a starter that takes less than a shell does. */
function frontRows(world: World, { native, before }: Measures): readonly NamedRow[] {
  if (native === undefined) return [];
  const { starter, emptyC, answering } = native;
  const { cluster } = world;
  const warm = getProgram(world, [BINARY], world.home('front', cluster.kubeconfig));
  const old = getProgram(world, [before], world.home('before', cluster.kubeconfig));
  const both = [warm, old] as const;
  const line = `{"ServerURL":"${cluster.registryHost}","Username":"alice-","Secret":"${cluster.token}"}\n`;
  const c: Program = { ...warm, command: [answering, line] };
  const primed = (): void => {
    for (const program of both) prime(world, program);
  };
  const asMedians = (what: string, { ours, theirs }: Pairs, atMost?: number): Row =>
    figures(what, medianMs(ours), medianMs(theirs), atMost);
  return [
    named('front: warm get / an empty static C program', function* (what) {
      primed();
      yield asMedians(what, startInTurn(starter, [warm, { ...warm, command: [emptyC] }], world), 2);
    }),
    named('front: warm get / docker-credential-ecr-login', function* (what) {
      const path = findProgram('docker-credential-ecr-login');
      primed();
      if (path === undefined) yield { what, ours: '', theirs: '', result: 'not installed' };
      else
        yield asMedians(
          what,
          startInTurn(starter, [warm, ecrHelper(path, world.directory).program], world),
          0.35,
        );
    }),
    named('front: warm get / before', function* (what) {
      primed();
      const { ours, theirs } = startInTurn(starter, both, world);
      yield asMedians(what, { ours, theirs }, 0.2);
      const [most = 0, mostBefore = 0] = [ours, theirs].map((starts) =>
        Math.max(...starts.map((it) => it.memoryMb)),
      );
      const memory = {
        ours: most < 1 ? '< 1 MB' : `${most.toFixed(1)} MB`,
        theirs: `${mostBefore.toFixed(1)} MB`,
        result: '',
      };
      yield { what: 'front: peak memory / before', ...memory, bar: { text: '≤ 2 MB', met: most <= 2 } };
    }),
    named('front: p95 with 8 busy processes / before', function* (what) {
      primed();
      const { ours, theirs } = whileBusy(() => startInTurn(starter, both, world, { pairs: 10, block: 20 }));
      yield figures(what, p95Ms(ours), p95Ms(theirs), 0.2);
    }),
    named('front: warm get, evicted from the page cache / before', function* (what) {
      yield asMedians(what, evictedInTurn(starter, both, world), 0.15);
    }),
    named('front: cold get / without the front', function* (what) {
      const main: Program = { ...old, command: [MAIN, 'get'] };
      const { ours, theirs } = coldInTurn(starter, [warm, main], world);
      const overMs = medianMs(ours) - medianMs(theirs);
      const bar = { text: '≤ +2 ms', met: overMs <= 2 };
      yield {
        what,
        ours: ms(medianMs(ours)),
        theirs: ms(medianMs(theirs)),
        result: `${overMs < 0 ? '' : '+'}${ms(overMs)}`,
        bar,
      };
    }),
    named('front: warm kubelet provide / warm get', function* (what) {
      const provide = provideProgram(world, [BINARY], world.home('kubelet', cluster.kubeconfig));
      for (const program of [provide, warm]) prime(world, program);
      yield asMedians(what, startInTurn(starter, [provide, warm], world), 1.3);
    }),
    ...[50, 500].map((count) =>
      named(`front: ${count} warm gets at once / before`, function* (what) {
        primed();
        yield asMedians(what, startInTurn(starter, both, world, { pairs: count === 50 ? 15 : 5, count }));
      }),
    ),
    named('front: warm get / a C helper that answers the same line', function* (what) {
      primed();
      yield asMedians(what, startInTurn(starter, [warm, c], world));
    }),
  ];
}

function named(name: string, measure: (name: string) => AsyncGenerator<Row> | Generator<Row>): NamedRow {
  return { name, measure: () => measure(name) };
}

/** @param atMost the bar for the ratio */
function figures(what: string, ours: number, theirs: number, atMost?: number): Row {
  const ratio = ours / theirs;
  const told = { what, ours: ms(ours), theirs: ms(theirs), result: ratio.toFixed(2) };
  return atMost === undefined
    ? told
    : { ...told, bar: { text: `≤ ${atMost.toFixed(2)}`, met: ratio <= atMost } };
}

async function* helperRow(
  name: string,
  start: (path: string) => GoHelper | Promise<GoHelper>,
  compare: (second: Program) => Comparison,
  bar: Bar | undefined,
  situation = '',
): AsyncGenerator<Row> {
  const what = `warm get / ${name}${situation}`;
  const path = findProgram(name);
  if (path === undefined) {
    yield { what, ours: '', theirs: '', result: 'not installed' };
    return;
  }
  const helper = await start(path);
  try {
    yield row(what, compare(helper.program), bar);
  } finally {
    await helper.stop();
  }
}

/** Both read a secret of the same kind from the same keyring. */
async function* storedSecretRow(
  world: World,
  compare: (second: Program, first: Program) => Comparison,
): AsyncGenerator<Row> {
  const name = 'docker-credential-secretservice';
  const what = `get of a stored secret / ${name}`;
  const path = findProgram(name);
  if (path === undefined) {
    yield { what, ours: '', theirs: '', result: 'not installed' };
    return;
  }
  const directory = join(world.directory, 'stored');
  mkdirSync(directory);
  const helper = await secretServiceHelper(path, directory);
  try {
    yield row(what, compare(helper.program, inSameKeyring(helper, BINARY)), { atMost: 1.05 });
  } finally {
    await helper.stop();
  }
}

function row(what: string, comparison: Comparison, bar?: Bar): Row {
  const { ratio, spread, firstMs, secondMs } = comparison;
  const figures = {
    what,
    ours: ms(firstMs),
    theirs: ms(secondMs),
    result: `${ratio.toFixed(2)} (${spread.map((value) => value.toFixed(2)).join('–')})`,
  };
  if (bar === undefined) return figures;
  return 'below' in bar
    ? { ...figures, bar: { text: `< ${bar.below.toFixed(2)}`, met: ratio < bar.below } }
    : { ...figures, bar: { text: `≤ ${bar.atMost.toFixed(2)}`, met: ratio <= bar.atMost } };
}

function ms(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : 1)} ms`;
}
