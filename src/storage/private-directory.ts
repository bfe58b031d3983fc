import { lstat, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes sure that a directory of ours exists and that nobody else can look into it.
 * Under sudo with another's HOME it is not made: it would be root's, inside of another's home.
 * @param path absolute
 * @param uid the effective user id; undefined: owners are not asked (Windows)
 * @returns whether it may be used; never throws
 */
export async function ensurePrivateDirectory(path: string, uid: number | undefined): Promise<boolean> {
  try {
    if (uid === 0 && !(await isMadeUnderRoot(path))) return false;
    await mkdir(path, { recursive: true, mode: 0o700 });
    const found = await lstat(path);
    if (!found.isDirectory()) return false;
    return uid === undefined || (found.uid === uid && (found.mode & 0o077) === 0);
  } catch {
    // Read-only, full, or out of reach: then nothing is kept.
    return false;
  }
}

/** Whether the nearest directory that exists is root's. */
async function isMadeUnderRoot(path: string): Promise<boolean> {
  for (let place = path; ; place = dirname(place)) {
    try {
      return (await stat(place)).uid === 0;
    } catch (error) {
      // Not there yet: its parent decides.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || place === dirname(place)) throw error;
    }
  }
}
