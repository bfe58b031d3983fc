import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { answerOf } from '../e2e/answer-of.ts';
import type { HelperResult } from '../support/helper-program.ts';
import type { CommandName, World } from './fault.ts';

/** What a command is told, and what is made of what it says. */
export interface Command {
  readonly name: CommandName;
  /** What follows the program's name. */
  readonly words: (world: World) => readonly string[];
  readonly input?: (world: World) => string;
  /** How long it may take where everything hangs. */
  readonly limitMs: number;
  /** Files of others that it is there to change, relative to the home: each must be whole. */
  readonly changes?: readonly string[];
  /** What it printed may be, in a word: `token`, `done`, or the code of what is said. Throws where it is neither. */
  readonly read: (world: World, result: HelperResult) => string;
  /** What a `get` says once the fault is over, where this was done: without it the token. */
  readonly afterwards?: string;
}

/** The deadline is 5 s; a process takes some time to start and to end. */
const VERB_MS = 5600;
/** People may wait for more than one cluster or registry in turn. */
const COMMAND_MS = 12_000;
/** A login gives a server 15 s: what it asks itself, a directory of a company, may be slow. */
const LOGIN_MS = 16_000;
const CODE = /\[([a-z][a-z-]+)\]/;
const AUTH_FILE = 'tokens.json';

/** The code of what is said; the protocol's own sentences have none. */
function codeIn(text: string): string {
  const code = CODE.exec(text)?.[1];
  assert.ok(code !== undefined, `it says what is wrong without a code: ${text}`);
  return code;
}

/** A command for people: 0, or 1 and why. */
function done({ status, stdout, stderr }: HelperResult): string {
  if (status === 0) return 'done';
  assert.equal(status, 1, stdout + stderr);
  return codeIn(stdout + stderr);
}

function answered({ sandbox, home }: World, result: HelperResult): string {
  // Its time is judged by the matrix, which tries again where the machine was busy.
  const { token, said } = answerOf(sandbox.registryHost, { ...result, elapsedMs: 0 });
  if (token !== undefined) {
    assert.ok(result.stdout.includes(`"Secret":"${home.token}"`), 'it is another token');
    return 'token';
  }
  return said === '' ? 'anonymous' : codeIn(said);
}

const host = ({ sandbox }: World) => sandbox.registryHost;

/** The columns of the matrix. */
export const COMMANDS: readonly Command[] = [
  { name: 'get', words: () => ['get'], input: host, limitMs: VERB_MS, read: answered },
  {
    name: 'store',
    words: () => ['store'],
    input: (world) => JSON.stringify({ ServerURL: host(world), Username: 'alice', Secret: world.home.token }),
    limitMs: VERB_MS,
    read: (_, { status, stdout, stderr }) => {
      if (status === 0) {
        assert.equal(stdout, '');
        return 'done';
      }
      assert.equal(status, 1, stderr);
      assert.match(stdout, /^[^\n]+\n$/);
      return codeIn(stdout);
    },
  },
  {
    name: 'list',
    words: () => ['list'],
    limitMs: VERB_MS,
    read: (_, { status, stdout, stderr }) => {
      assert.equal(status, 0, stderr);
      assert.equal(typeof JSON.parse(stdout), 'object');
      return stderr === '' ? 'done' : codeIn(stderr);
    },
  },
  {
    name: 'erase',
    words: () => ['erase'],
    input: host,
    limitMs: VERB_MS,
    read: (_, { status, stdout, stderr }) => {
      assert.deepEqual([status, stdout], [0, ''], stderr);
      return stderr === '' ? 'done' : codeIn(stderr);
    },
    afterwards: 'token-signed-out',
  },
  {
    name: 'token',
    words: (world) => ['token', host(world)],
    limitMs: COMMAND_MS,
    read: ({ home }, result) => {
      if (result.status !== 0) return done(result);
      assert.equal(result.stdout, `${home.token}\n`);
      return 'token';
    },
  },
  {
    name: 'authfile',
    words: (world) => ['authfile', '--to', join(world.home.directory, AUTH_FILE), host(world)],
    limitMs: COMMAND_MS,
    changes: [AUTH_FILE],
    read: (world, result) => {
      const path = join(world.home.directory, AUTH_FILE);
      if (result.status !== 0) return done(result);
      const { auths } = JSON.parse(readFileSync(path, 'utf8'));
      const sent = Buffer.from(auths[host(world)].auth, 'base64').toString();
      assert.equal(sent.slice(sent.indexOf(':') + 1), world.home.token);
      return 'token';
    },
  },
  { name: 'status', words: () => ['status'], limitMs: COMMAND_MS, read: (_, result) => done(result) },
  {
    name: 'doctor',
    words: (world) => ['doctor', host(world)],
    limitMs: COMMAND_MS,
    read: (_, result) => done(result),
  },
  { name: 'renew', words: () => ['renew'], limitMs: COMMAND_MS, read: (_, result) => done(result) },
  {
    name: 'setup',
    words: () => ['setup', '--dry-run'],
    limitMs: COMMAND_MS,
    read: (_, result) => done(result),
  },
  {
    name: 'login',
    words: (world) => ['login', '--token-stdin', host(world)],
    input: ({ home }) => home.token,
    limitMs: LOGIN_MS,
    changes: ['.kube/config', '.docker/config.json'],
    read: (_, result) => done(result),
  },
  {
    name: 'logout',
    words: (world) => ['logout', host(world), '--yes'],
    limitMs: COMMAND_MS,
    changes: ['.docker/config.json'],
    read: (_, result) => done(result),
    afterwards: 'signed-out',
  },
  {
    name: 'version',
    words: () => ['version'],
    limitMs: VERB_MS,
    read: (_, result) => {
      if (result.status === 0) assert.match(result.stdout, /^docker-credential-openshift v/);
      return done(result);
    },
  },
];
