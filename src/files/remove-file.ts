import { readdir, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
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
    // Where a part of its path is not a directory, or a name is too long, there is no such file either.
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return false;
    throw asFileError(error, path, 'removed');
  }
}

/** What `replaceFile` writes beside its target: it stays there if its writer is killed. */
const NAME = /\.[0-9a-f]{12}\.tmp$/;
const NAME_LENGTH = '.0123456789ab.tmp'.length;

/** @returns whether a file's name is that of a text that was on its way into another file */
export function isLeftover(name: string): boolean {
  return NAME.test(name);
}

/**
 * What writers of a file that were killed left beside it, or others are writing just now.
 * @param target the file, which need not be there
 * @returns paths; none where its directory can't be looked into
 */
export async function leftoversOf(target: string): Promise<string[]> {
  const start = basename(target);
  const names = await readdir(dirname(target)).catch(() => []);
  return names
    .filter((name) => name.length === start.length + NAME_LENGTH && name.startsWith(start))
    .filter(isLeftover)
    .map((name) => join(dirname(target), name));
}

/**
 * Removes what writers of a file that were killed left beside it: a secret may be in it. What can't be removed stays for
 * the next time.
 * @param ageMs how much older than the target they must be, where others may be writing it just now; 0: all of them
 */
export async function removeLeftovers(target: string, ageMs: number): Promise<void> {
  for (const path of await leftoversOf(target)) {
    try {
      if (ageMs === 0 || (await isOlder(path, target, ageMs))) await unlink(path);
    } catch {
      // Just removed by another, or not ours to remove.
    }
  }
}

/** The time of the file that was just written tells how old another is: one clock for both. */
async function isOlder(path: string, target: string, ageMs: number): Promise<boolean> {
  return (await stat(target)).mtimeMs - (await stat(path)).mtimeMs > ageMs;
}
