import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { findProgram } from '../../test/support/find-program.ts';
import { measureColdGet } from './cold-get.ts';
import { type Comparison, comparePrograms } from './compare-programs.ts';
import { ecrHelper, type GoHelper, inSameKeyring, secretServiceHelper } from './go-helpers.ts';
import { largeKubeconfig } from './large-kubeconfig.ts';
import type { Program } from './timed-run.ts';
import { getProgram, prime, type World } from './world.ts';

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
const BUNDLE = resolve('dist/node/main.js');
const COLD_BAR_MS = 60;
/** Debian's; what AWS_CA_BUNDLE names behind a company's proxy. */
const SYSTEM_ROOTS = '/etc/ssl/certs/ca-certificates.crt';

type Bar = { readonly atMost: number } | { readonly below: number };

/** Measures everything, one row after the other. @param empty the empty program, compiled with the same flags */
export async function* measureRows(world: World, empty: string): AsyncGenerator<Row> {
  const { cluster } = world;
  const home = world.home('home', cluster.kubeconfig);
  const warm = getProgram(world, [BINARY], home);
  const compare = (second: Program, first = warm): Comparison =>
    comparePrograms(first, second, { ...world, prepare: (copy) => prime(world, copy) });

  const nothing = { ...warm, command: [empty] as const, expect: { status: 0, output: /^$/ } };
  yield row('warm get / an empty program', compare(nothing), { atMost: 1.2 });
  yield* helperRow('docker-credential-ecr-login', (path) => ecrHelper(path, world.directory), compare, {
    below: 1,
  });
  if (existsSync(SYSTEM_ROOTS)) {
    const env = { AWS_CA_BUNDLE: SYSTEM_ROOTS };
    const start = (path: string) => ecrHelper(path, world.directory, env);
    yield* helperRow('docker-credential-ecr-login', start, compare, undefined, ' with AWS_CA_BUNDLE');
  }
  yield* helperRow(
    'docker-credential-secretservice',
    (path) => secretServiceHelper(path, world.directory),
    compare,
    { below: 1 },
  );

  yield* storedSecretRow(world, compare);

  const largeHome = world.home('large', largeKubeconfig(cluster.kubeconfig));
  const large = getProgram(world, [BINARY], largeHome);
  const one = comparePrograms(large, warm, {
    ...world,
    prepare: (copy) => {
      prime(world, copy);
      prime(world, { ...copy, env: home });
    },
  });
  yield row('warm get, 1,000 contexts / one', one, { atMost: 1.1 });

  const { getMs, requestMs } = await measureColdGet(warm, world);
  const overMs = getMs - requestMs;
  yield {
    what: 'cold get / its one API request',
    ours: ms(getMs),
    theirs: ms(requestMs),
    result: `+${ms(overMs)}`,
    bar: { text: `≤ +${COLD_BAR_MS} ms`, met: overMs <= COLD_BAR_MS },
  };

  const expired = getProgram(world, [BINARY], world.home('expired', cluster.expiredKubeconfig), 'anonymous');
  yield row('warm get, anonymous / an empty program', compare(nothing, expired));
  const underNode = getProgram(world, [process.execPath, BUNDLE], world.home('node', cluster.kubeconfig));
  yield row('warm get under Node / an empty program', compare(nothing, underNode));
  const version = execFileSync(process.execPath, ['--version'], { encoding: 'utf8' }).trim();
  const emptyNode = { ...nothing, command: [process.execPath, '-e', ''] as const };
  yield row(`warm get under Node / Node ${version} with no program`, compare(emptyNode, underNode));
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
  return `${value.toFixed(1)} ms`;
}
