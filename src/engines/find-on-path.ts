import { accessSync, constants, statSync } from 'node:fs';
import { posix, win32 } from 'node:path';
import type { EngineEnvironment } from './config-files/engine-files.ts';

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
