import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import { posix, win32 } from 'node:path';
import type { EngineEnvironment } from './config-files/engine-files.ts';
import type { EngineVersions } from './engine-state.ts';
import { descriptorOf, ENGINES, type Engine, familyOf, rulesOf } from './engines.ts';
import type { Version } from './rules.ts';

/** An engine on this machine. */
export interface EngineVersion {
  readonly isInstalled: boolean;
  /** In words: `podman 4.3.1`. */
  readonly program: string;
  /** Undefined: it is not there, or does not say; what the newest that is known does is taken for it. */
  readonly version: Version | undefined;
}

/** What a program's `version` prints first; `silent`: none, or it fails or takes too long; `not-run`: the system refuses. */
export type ToldVersion =
  | { readonly kind: 'told'; readonly version: string }
  | { readonly kind: 'silent' | 'not-run' };

/** Runs a program to its end. Its status is 126 where the system refuses to run it. */
export type RunProgram = (
  path: string,
  args: readonly string[],
  timeoutMs: number,
) => Promise<{ readonly status: number; readonly stdout: string } | 'missing'>;

/** `podman --version` takes 30 ms; it must not keep `doctor` waiting where it hangs. */
const VERSION_MS = 2000;

/** Asks an engine for its version. */
export async function engineVersion(
  engine: Engine,
  here: EngineEnvironment,
  run: RunProgram,
): Promise<EngineVersion> {
  const { program } = descriptorOf(engine);
  const path = pathOf(program, here);
  if (path === undefined) {
    const family = familyOf(engine).filter((name) => name !== engine && pathOf(name, here) !== undefined);
    const isInstalled = descriptorOf(engine).family === engine && family.length > 0;
    return assumed(engine, isInstalled, isInstalled ? `${family.join(' and ')} alone` : 'not installed');
  }
  const result = await run(path, ['--version'], VERSION_MS);
  const text = result === 'missing' ? '' : result.stdout.trim();
  // The package podman-docker puts a `docker` there that is podman.
  const word = text.split(/\s/, 1)[0]?.toLowerCase();
  const other = ENGINES.find((name) => name === word);
  if (other !== undefined && other !== program) return assumed(engine, false, `what is there is ${other}`);
  const [, version, major, minor] = /version v?((\d+)\.(\d+)[^\s,]*)/i.exec(text) ?? [];
  if (version === undefined) return assumed(engine, true, 'it does not tell its version');
  return { isInstalled: true, program: `${engine} ${version}`, version: [Number(major), Number(minor)] };
}

/** The versions of all engines: whose files they are, and how they are read, depends on them. */
export async function engineVersions(
  versionOf: (engine: Engine) => Promise<Pick<EngineVersion, 'version'>>,
): Promise<EngineVersions> {
  const versions = ENGINES.map(async (engine) => [engine, (await versionOf(engine)).version]);
  return Object.fromEntries(await Promise.all(versions)) as EngineVersions;
}

function assumed(engine: Engine, isInstalled: boolean, why: string): EngineVersion {
  const [major] = rulesOf(engine).since;
  return { isInstalled, program: `${engine} (${why}; as version ${major} does)`, version: undefined };
}

function pathOf(name: string, here: EngineEnvironment): string | undefined {
  return findOnPath(name, here).find(({ isExecutable }) => isExecutable)?.path;
}

/** The status of what the system does not run. */
const NOT_RUN = 126;

/** Asks a copy of this program for its version. It takes 5 ms; what takes longer than the limit is none of it. */
export async function helperVersion(
  path: string,
  machine: Pick<NodeJS.Process, 'platform' | 'arch'>,
  run: RunProgram,
): Promise<ToldVersion> {
  const isForeign = isForeignProgram(path, machine);
  // What the kernel hands on to an emulator runs all the same.
  const result = await run(path, ['version'], VERSION_MS);
  if (result !== 'missing' && result.status === NOT_RUN) return { kind: 'not-run' };
  const [line = ''] = result === 'missing' ? [] : result.stdout.split('\n', 1);
  const version = line.trim();
  return /^docker-credential-openshift v\S+$/.test(version)
    ? { kind: 'told', version }
    : { kind: isForeign ? 'not-run' : 'silent' };
}

/** The processor in an ELF header (`e_machine`), by the names of `process.arch`. */
const MACHINES: Readonly<Record<string, number>> = {
  x64: 62,
  arm64: 183,
  arm: 40,
  ia32: 3,
  ppc64: 21,
  s390x: 22,
  riscv64: 243,
  loong64: 258,
};
const MACHINE_AT = 18;

/**
 * Whether Linux itself refuses to run a file: it is neither a script with `#!` nor built for this processor. Engines ask
 * the system alone; Node has a shell try what the system refuses, so that it can't be learnt by running it.
 * @returns false also where that can't be told, and on other systems
 */
export function isForeignProgram(
  path: string,
  { platform, arch }: Pick<NodeJS.Process, 'platform' | 'arch'>,
): boolean {
  const machine = MACHINES[arch];
  const header = platform === 'linux' ? headerOf(path) : undefined;
  if (header === undefined || machine === undefined || header.toString('latin1', 0, 2) === '#!') return false;
  if (header.length < MACHINE_AT + 2 || header.toString('latin1', 0, 4) !== '\x7fELF') return true;
  const isBigEndian = header[5] === 2;
  return (isBigEndian ? header.readUInt16BE(MACHINE_AT) : header.readUInt16LE(MACHINE_AT)) !== machine;
}

function headerOf(path: string): Buffer | undefined {
  try {
    const file = openSync(path, 'r');
    try {
      const header = Buffer.alloc(MACHINE_AT + 2);
      return header.subarray(0, readSync(file, header));
    } finally {
      closeSync(file);
    }
  } catch {
    // Executable and not readable: what is in it can't be told.
    return undefined;
  }
}

/** A file of the helper's name in a directory of the PATH. */
export interface FoundProgram {
  readonly path: string;
  readonly isExecutable: boolean;
}

/** @returns all files of a program's name in the directories of the PATH, in its order; each path once */
export function findOnPath(name: string, { platform, env }: EngineEnvironment): readonly FoundProgram[] {
  const isWindows = platform === 'win32';
  const { join, delimiter } = isWindows ? win32 : posix;
  // Windows spells it Path, and an environment object copied from it no longer ignores case.
  const directories = (env.PATH ?? env.Path ?? '').split(delimiter).filter((directory) => directory !== '');
  const names = isWindows ? ['.exe', '.cmd', '.bat'].map((end) => `${name}${end}`) : [name];
  const paths = new Set(directories.flatMap((directory) => names.map((file) => join(directory, file))));
  return [...paths].filter(isFile).map((path) => ({ path, isExecutable: isExecutable(path) }));
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    // Missing, or behind a broken entry of the PATH: an engine does not find it either.
    return false;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // No permission: engines pass over it.
    return false;
  }
}
