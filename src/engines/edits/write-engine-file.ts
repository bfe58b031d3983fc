import { mkdir, rmdir, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { replaceFile } from '../../files/replace-file.ts';
import { asFileError } from '../../files/text-file.ts';
import { type FileSnapshot, readEngineFile } from '../config-files/read-engine-file.ts';

/**
 * Writes a file anew, whole or not at all; mode, owner and symlinks stay.
 * @param mode permission bits it gets; undefined: those it has, 0600 for a new one
 * @returns false: another program changed it meanwhile, and it is as that one left it
 * @throws AppError; the file is then as it was
 */
export async function writeEngineFile(before: FileSnapshot, text: string, mode?: number): Promise<boolean> {
  const { path, target, uid, gid } = before;
  try {
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    const like = before.text === null ? undefined : target;
    const look = { mode: mode ?? before.mode ?? 0o600, uid, gid, like };
    return await replaceFile(target, text, look, () => isUnchanged(before));
  } catch (error) {
    // The system's refusal, told in words.
    throw asFileError(error, path, 'changed');
  }
}

/**
 * Removes a file that this program made, and those of its directories that are empty then.
 * @param directories that were made for it, innermost first
 * @returns false: another program changed it meanwhile
 * @throws AppError; the file is then as it was
 */
export async function removeEngineFile(
  before: FileSnapshot,
  directories: readonly string[],
): Promise<boolean> {
  if (!(await isUnchanged(before))) return false;
  try {
    // The link, where somebody put one there since: what is behind it was not made by this program.
    await unlink(before.path);
  } catch (error) {
    // The system's refusal, told in words.
    throw asFileError(error, before.path, 'changed');
  }
  for (const directory of directories) {
    try {
      await rmdir(directory);
    } catch {
      // Something else is in it by now, so those around it stay, too.
      break;
    }
  }
  return true;
}

/** @returns the directories that are to be made for a file, innermost first */
export async function missingDirectories(target: string): Promise<string[]> {
  const missing: string[] = [];
  for (let directory = dirname(target); directory !== dirname(directory); directory = dirname(directory)) {
    try {
      await stat(directory);
      break;
    } catch (error) {
      // Anything but its absence is told when it is written to.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') break;
      missing.push(directory);
    }
  }
  return missing;
}

async function isUnchanged(before: FileSnapshot): Promise<boolean> {
  const now = await readEngineFile(before.path);
  return now.text === before.text && now.target === before.target;
}
