import { lstat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Why a private file of ours could not be written.
 * @param path absolute
 * @param uid the effective user id; undefined: owners are not asked (Windows)
 * @returns a part of a sentence, and the command that mends it, if there is one
 */
export async function whyNotPrivate(
  path: string,
  uid: number | undefined,
): Promise<{ message: string; hint?: string }> {
  for (const place of [dirname(path), dirname(dirname(path))]) {
    try {
      const found = await lstat(place);
      if (!found.isDirectory()) return { message: `${place} is no directory`, hint: `ls -ld ${place}` };
      if (uid !== undefined && found.uid !== uid) {
        return { message: `${place} is someone else's (user ${found.uid})`, hint: `ls -ld ${place}` };
      }
      // The upper one may be looked into, but nobody else may put things there.
      const forbidden = place === dirname(path) ? 0o077 : 0o022;
      if (uid !== undefined && (found.mode & forbidden) !== 0) {
        return { message: `${place} is open to others`, hint: `chmod 700 ${place}` };
      }
    } catch (error) {
      // Not there: then it could not be made, and the reason lies above it.
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT') return { message: `${place}: ${code}` };
    }
  }
  return { message: "the disk is full or read-only, or its directory is another user's" };
}
