import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { parse } from 'yaml';
import { bindByConfig, loggedIn } from '../e2e/helper-home.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { hasEnded } from '../support/has-ended.ts';
import { type HelperProgram, type HelperResult, runHelper } from '../support/helper-program.ts';
import { inTime } from '../support/in-time.ts';
import { processesWith } from '../support/processes.ts';
import { writeFiles } from '../support/write-files.ts';
import { allowed } from './columns.ts';
import { COMMANDS, type Command } from './commands.ts';
import type { Arranged, Fault, World } from './fault.ts';
import { foreignFiles } from './foreign-files.ts';

/** One fault, met by one command of one form of the program. */
export interface Cell {
  readonly fault: Fault;
  readonly command: Command;
  readonly program: Pick<HelperProgram, 'command'>;
  /** Whether the answer was kept a moment before. */
  readonly isKept: boolean;
}

/** What came of it. */
export interface Outcome {
  readonly said: string;
  readonly elapsedMs: number;
}

/** A login at another registry, and a file that is nobody's business. */
const CANARY = 'canary-dXNlcjpvdGhlci1zZWNyZXQ';
const MONTH_SECONDS = 30 * 86_400;
/** What is said where the time ran out, or was about to. */
const NO_TIME_LEFT = ['late', 'out-of-time', 'token-unchecked', 'anonymous'];
const codes = new Set(
  [
    ...readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8').matchAll(/<a id="([\w-]+)">/g),
  ].map(([, id]) => id),
);
/** What a runtime, a library or a shell says in its own words. */
const RUNTIMES_WORDS =
  /\n\s+at |node:internal|\bBun\b|\b(?:Type|Reference|Range|Syntax|System)?Error\b:|\b(?:ENOENT|EACCES|EPERM|EIO|ENOSPC|EROFS|EMFILE|ENFILE|EEXIST|EISDIR|ENOTDIR|ELOOP|ECONN\w+|ETIMEDOUT|E(?:HOST|NET)UNREACH|EAI_\w+|ENOTFOUND|EPIPE|EAGAIN|EDQUOT|ENOTCONN)\b|errno|[Pp]anic|core dumped|\bundefined\b|\[object /;

/**
 * Brings the fault about in a world of its own, runs the command there, and looks at everything that must hold; then lifts the
 * fault and asks once more.
 * @throws AssertionError
 */
export async function runCell(t: TestContext, cell: Cell, sandbox: Sandbox): Promise<Outcome> {
  const { command } = cell;
  const version = COMMANDS.find(({ name }) => name === 'version')?.words;
  assert.ok(version !== undefined);
  const bare = () => runHelper(cell.program, 'version', '', { env: { PATH: '/usr/bin:/bin' } });
  return inTime(command.limitMs, () => tryCell(t, cell, sandbox), bare);
}

async function tryCell(
  t: TestContext,
  { fault, command, program, isKept }: Cell,
  sandbox: Sandbox,
): Promise<Outcome> {
  const world = await worldOf(t, program, sandbox);
  const { home } = world;
  if (isKept)
    assert.equal((await home.get(sandbox.registryHost)).token !== undefined, true, 'nothing is kept');
  const arranged = await fault.arrange(world);
  try {
    const before = foreignFiles(home.directory, command.changes);
    await arranged.begin?.();
    const result = await run(world, command, arranged);
    await arranged.end?.();
    noneLeft(await left(home.directory));
    holdsNothingForeign(world, command, result);
    assert.deepEqual(
      foreignFiles(home.directory, command.changes),
      before,
      'files of others are not as they were',
    );
    const said = read(world, fault, command, result);
    const may = allowed(fault, { command, isKept });
    if (may.length > 0 && !may.includes(said) && NO_TIME_LEFT.includes(said)) {
      // A busy machine keeps no request's time, either: it is tried again, as what takes too long is.
      return { said, elapsedMs: command.limitMs + result.elapsedMs };
    }
    mayBeSaid(fault, command, isKept, said, result);
    await arranged.lift?.();
    await isWellAfterwards(world, fault, command, said);
    return { said, elapsedMs: result.elapsedMs };
  } finally {
    await arranged.end?.();
    await arranged.lift?.();
    await arranged.leave?.();
  }
}

async function worldOf(t: TestContext, program: Cell['program'], sandbox: Sandbox): Promise<World> {
  const token = sandbox.issueOAuthToken({ user: 'alice', lifeSeconds: MONTH_SECONDS });
  const home = await loggedIn(t, program, sandbox, token);
  await bindByConfig(home, sandbox);
  writeFiles(home.directory, {
    '.docker/config.json': {
      credHelpers: { [sandbox.registryHost]: 'openshift' },
      auths: { 'registry.other.example.com': { auth: CANARY } },
    },
    '.config/containers/auth.json': { auths: { 'registry.other.example.com': { auth: CANARY } } },
    '.ssh/id_other': CANARY,
  });
  return { t, sandbox, home, program: program.command };
}

function run(world: World, command: Command, arranged: Arranged): Promise<HelperResult> {
  const { home, program } = world;
  return runHelper(
    { command: arranged.command ?? program },
    command.words(world),
    command.input?.(world) ?? '',
    {
      // What is started there is found by it again.
      env: { ...(arranged.env ?? home.env), FAULTS_HOME: home.directory },
      cwd: arranged.cwd ?? home.directory,
    },
  );
}

async function left(directory: string): Promise<readonly string[]> {
  const processes = processesWith(`FAULTS_HOME=${directory} `);
  const running = await Promise.all(
    processes.map(async ({ pid, commandLine }) => ((await hasEnded(pid)) ? [] : [commandLine])),
  );
  return running.flat();
}

function noneLeft(processes: readonly string[]): void {
  assert.deepEqual(processes, [], 'left running');
}

/** No secret of anybody's, and no words but ours. */
function holdsNothingForeign({ home }: World, { name }: Command, { stdout, stderr }: HelperResult): void {
  const told = name === 'get' || name === 'token' ? stderr : stdout + stderr;
  assert.ok(!told.includes(home.token), 'the token is printed');
  assert.doesNotMatch(told, /sha256~[\w-]{20}/);
  assert.ok(!(stdout + stderr).includes(CANARY), 'a secret of somebody else is printed');
  assert.doesNotMatch(told, RUNTIMES_WORDS);
}

function read(world: World, fault: Fault, command: Command, result: HelperResult): string {
  const { status } = result;
  if (fault.isKilled && (status === null || status > 128)) return 'ended';
  if (fault.isUnread) {
    assert.ok(status === 0 || status === 1, `status ${status}`);
    return 'unread';
  }
  return command.read(world, result);
}

function mayBeSaid(
  fault: Fault,
  command: Command,
  isKept: boolean,
  said: string,
  result: HelperResult,
): void {
  if (said === 'unread' || said === 'ended') return;
  const which = allowed(fault, { command, isKept });
  const whole = `${result.stdout.replace(/"Secret":.*/, '…')}${result.stderr}`;
  if (which.length > 0)
    assert.ok(which.includes(said), `it says ${said}, not ${which.join(' or ')}: ${whole}`);
  else assert.ok(['done', 'token'].includes(said) || codes.has(said), `${said} is no code: ${whole}`);
}

/** The files that were to be changed are whole, and a person who asks again gets the token, or what was done counts. */
async function isWellAfterwards(
  { home, sandbox }: World,
  fault: Fault,
  command: Command,
  said: string,
): Promise<void> {
  for (const name of ['.kube/config', '.docker/config.json', '.config/containers/auth.json']) {
    assert.equal(
      typeof parse(readFileSync(`${home.directory}/${name}`, 'utf8')),
      'object',
      `${name} is torn`,
    );
  }
  const isDone = command.afterwards !== undefined && said === 'done';
  const good = [
    ...(command.afterwards === undefined ? [] : [command.afterwards]),
    ...(isDone ? [] : ['token']),
    ...(fault.afterwards ?? []),
  ];
  const ask = async (): Promise<string> => {
    const { token, said: why } = await home.get(sandbox.registryHost);
    return token === undefined ? (/\[([\w-]+)\]/.exec(why)?.[1] ?? why) : 'token';
  };
  const first = await ask();
  if (good.includes(first)) return;
  // What could not be reached is not asked again for half a minute; this asks at once.
  const renewed = await home.run(['renew', sandbox.registryHost], '');
  const second = await ask();
  assert.ok(
    good.includes(second),
    `afterwards get says ${first}, renew ${renewed.stdout}${renewed.stderr}, then get ${second}, not ${good.join(' or ')}`,
  );
}
