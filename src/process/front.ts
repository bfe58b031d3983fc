import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Reason } from '../hosts/reason.ts';
import { runProgram } from './run-program.ts';
import { VERSION } from './version.ts';

const NAME = 'docker-credential-openshift';
const FRONT_VERSION = VERSION.replace(NAME, `${NAME} front`);
/** It takes a fraction of a millisecond. */
const TELLING_MS = 2000;

/**
 * The native front that engines start, which finds this program beside it in libexec.
 * @param program where the compiled program lies
 * @returns undefined: it was built without one, or its front is missing
 */
export function frontOf(program = process.execPath): string | undefined {
  const prefix = prefixOf(program);
  // Both have the same name, which ends in .exe on Windows.
  const name = basename(program);
  const places = prefix === undefined ? [] : [join(prefix, 'bin', name), join(prefix, name)];
  return places.find((path) => existsSync(path));
}

/**
 * What is wrong with the front of this program.
 * @returns undefined: it is there and of this version, or this program was built without one
 */
export async function frontFault(program = process.execPath): Promise<Reason | undefined> {
  const prefix = prefixOf(program);
  if (prefix === undefined) return undefined;
  const fix = {
    // Windows has a front from a release's archive alone.
    do: program.endsWith('.exe')
      ? 'Install the helper again: bin and libexec of its archive belong together'
      : 'Build and install the helper again: scripts/build && scripts/install',
  };
  const front = frontOf(program);
  if (front === undefined) {
    return {
      code: 'front-missing',
      why: `The front that engines start is not at ${join(prefix, 'bin', basename(program))}`,
      fix,
    };
  }
  const told = await runProgram(front, ['--front'], TELLING_MS);
  const version = told === 'missing' ? '' : told.stdout.trim();
  if (version === FRONT_VERSION) return undefined;
  const other = version.startsWith(`${NAME} front `) ? `is ${version}` : 'does not tell its version';
  return { code: 'front-other-version', why: `${front} ${other}, and this is ${VERSION}`, fix };
}

/** Where both lie; undefined where a front has no place: the program alone is what was built. */
function prefixOf(program: string): string | undefined {
  const directory = dirname(program);
  return basename(directory) === NAME && basename(dirname(directory)) === 'libexec'
    ? dirname(dirname(directory))
    : undefined;
}

/** How this program is started: by its native front, as the compiled binary alone, or by Node with its entry. */
export function selfCommand(): string[] {
  const entry = process.argv[1] ?? '';
  // Bun puts what it compiled in into a file system of its own.
  const isCompiled = /^(?:\/\$bunfs\/|[A-Z]:[\\/]~BUN[\\/])/.test(entry);
  return isCompiled ? [frontOf() ?? process.execPath] : [process.execPath, entry];
}

/**
 * The files that this program consists of, with the place of each below a directory in which it is to be found by its name.
 * @returns undefined: it is run by Node
 */
export function ownPrograms(): readonly { readonly from: string; readonly below: string }[] | undefined {
  const [program = '', ...more] = selfCommand();
  if (more.length > 0) return undefined;
  const front = { from: program, below: NAME };
  return program === process.execPath
    ? [front]
    : // Before the front, which starts it.
      [{ from: process.execPath, below: join('libexec', NAME, NAME) }, front];
}

/**
 * Renews a host's token behind the engine's back: in a process of its own, which holds none of the engine's pipes and
 * outlives this one.
 */
export function renewBehind(host: string): void {
  const [command = '', ...args] = selfCommand();
  const child = spawn(command, [...args, 'renew', '--background', host], {
    detached: true,
    stdio: 'ignore',
    windowsHide: true,
  });
  child.on('error', () => {
    // No memory or no process to be had: past three quarters of the token's life `get` renews itself.
  });
  child.unref();
}
