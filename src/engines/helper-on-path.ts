import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { posix, win32 } from 'node:path';
import type { EngineEnvironment } from './engine-files.ts';

/** Whether engines started with this environment find `docker-credential-openshift`. */
export async function isHelperOnPath({ platform, env }: EngineEnvironment): Promise<boolean> {
  const windows = platform === 'win32';
  const { join, delimiter } = windows ? win32 : posix;
  // Windows spells it Path, and an environment object copied from it no longer ignores case.
  const path = env.PATH ?? env.Path ?? '';
  const names = (windows ? ['.exe', '.cmd', '.bat'] : ['']).map((end) => `docker-credential-openshift${end}`);
  const files = path
    .split(delimiter)
    .filter((directory) => directory !== '')
    .flatMap((directory) => names.map((name) => join(directory, name)));
  for (const file of files) {
    if (await isExecutable(file)) return true;
  }
  return false;
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return true;
  } catch {
    // Whatever keeps us from it (missing, a broken PATH entry, no permission) keeps the engine from it too.
    return false;
  }
}
