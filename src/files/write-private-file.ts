import { dirname } from 'node:path';
import { ensurePrivateDirectory } from './private-directory.ts';
import { replaceFile } from './replace-file.ts';

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
