import { unlink } from 'node:fs/promises';
import { removeLeftovers } from './leftovers.ts';
import { asFileError } from './text-file.ts';

/**
 * Removes a file, and what writers of it that were killed left beside it.
 * @param path absolute
 * @returns whether there was one
 * @throws AppError `unusable-file` naming it: read-only, another's, a directory
 */
export async function removeFile(path: string): Promise<boolean> {
  await removeLeftovers(path, 0);
  try {
    await unlink(path);
    return true;
  } catch (error) {
    // Where a part of its path is no directory, or a name is too long, there is no such file either.
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return false;
    throw asFileError(error, path, 'removed');
  }
}
