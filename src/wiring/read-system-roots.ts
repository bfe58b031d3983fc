import { readdir } from 'node:fs/promises';
import { systemRoots } from '../openshift/system-roots.ts';
import type { Place } from '../storage/directories.ts';
import { readRegularFile } from '../storage/read-regular-file.ts';

/** The roots that this system trusts. @throws AppError a bundle that can't be read */
export function readSystemRoots({ env, platform }: Place): Promise<readonly string[]> {
  return systemRoots({ readRegularFile, namesIn, env, platform });
}

async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory);
  } catch {
    // Not there, or not ours to look into: nothing is known of what it holds.
    return [];
  }
}
