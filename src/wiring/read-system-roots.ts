import { systemRoots } from '../cluster/system-roots.ts';
import type { Place } from '../files/directories.ts';
import { namesIn, readRegularFile } from '../files/read-regular-file.ts';

/** The roots that this system trusts. @throws AppError a bundle that can't be read */
export function readSystemRoots({ env, platform }: Place): Promise<readonly string[]> {
  return systemRoots({ readRegularFile, namesIn, env, platform });
}
