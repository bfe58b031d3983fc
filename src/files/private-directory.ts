import { lstat, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { replaceFile } from './replace-file.ts';

const OURS = /^.*[\\/]docker-credential-openshift[^\\/]*/s;

/**
 * @param path of a file or directory of ours
 * @returns the path up to our topmost directory: in a shared place such as /tmp another user may have made it, or a link
 */
export function topmostOfOurs(path: string): string {
  return OURS.exec(path)?.[0] ?? path;
}

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
    const ours = topmostOfOurs(path);
    // Before anything is made below it: that would go where another's link leads.
    await makeWithParents(ours);
    if (!(await isOwn(ours, uid, 0o022))) return false;
    await makeWithParents(path);
    return await isOwn(path, uid, 0o077);
  } catch {
    // Read-only, full, or out of reach: then nothing is kept.
    return false;
  }
}

/**
 * Makes a directory and what is missing above it, 0700; one that is there is left alone. Node's own recursive mkdir
 * never ends where a file system lets nobody make a directory and says ENOENT, as /proc does.
 * @throws errors of node:fs
 */
export async function makeWithParents(path: string): Promise<void> {
  const make = (): Promise<void> => mkdir(path, { mode: 0o700 });
  try {
    await make().catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT' || dirname(path) === path) throw error;
      await makeWithParents(dirname(path));
      await make();
    });
  } catch (error) {
    // It is there already, maybe made by another process just now.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** @param forbidden the mode bits that must not be set */
async function isOwn(path: string, uid: number | undefined, forbidden: number): Promise<boolean> {
  const stats = await lstat(path);
  if (!stats.isDirectory()) return false;
  return uid === undefined || (stats.uid === uid && (stats.mode & forbidden) === 0);
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

/**
 * Writes a private file of ours, whole or not at all.
 * @param path absolute
 * @param lasting false for what can be made anew: it is not waited for until it is on the disk
 * @returns whether it was written; a full or read-only disk is no error to those who keep things here
 */
export async function writePrivateFile(
  path: string,
  text: string,
  uid: number | undefined,
  lasting: boolean,
): Promise<boolean> {
  if (!(await ensurePrivateDirectory(dirname(path), uid))) return false;
  try {
    return await replaceFile(path, text, { mode: 0o600, uid: undefined, gid: undefined }, undefined, lasting);
  } catch {
    // No space, read-only, taken away meanwhile: the caller goes on without.
    return false;
  }
}
