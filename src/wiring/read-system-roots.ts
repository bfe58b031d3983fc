import { systemRoots } from '../openshift/system-roots.ts';
import type { Place } from '../storage/directories.ts';
import { namesIn } from '../storage/names-in.ts';
import { readRegularFile } from '../storage/read-regular-file.ts';

/** The roots that this system trusts. @throws AppError a bundle that can't be read */
export function readSystemRoots({ env, platform }: Place): Promise<readonly string[]> {
  return systemRoots({ readRegularFile, namesIn, env, platform });
}
