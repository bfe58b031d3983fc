import { mkdir, rmdir, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { replaceFile } from '../../files/replace-file.ts';
import { asFileError, readTextFile, type TextFile } from '../../files/text-file.ts';
import { AppError } from '../../hosts/reason.ts';

/** A config file as it was when read; `text` is null if there was none. */
export type FileSnapshot = TextFile;

/** In UTF-16 units. No engine's file is a thousandth of it. */
const LONGEST = 16 * 1024 * 1024;

/**
 * Reads a config file. Only a regular file in UTF-8 is read; a FIFO can't block it.
 * Throws an AppError for anything else, for one of more than 16 MiB, for a symlink that leads nowhere and if the file
 * can't be read.
 */
export async function readEngineFile(path: string): Promise<FileSnapshot> {
  const file = await readTextFile(path).catch((error: unknown) => {
    // Whatever is wrong with it: this program mends no file that it can't read.
    if (!(error instanceof AppError) || error.code === 'foreign-file') throw error;
    throw unusable(path, error.message, error.cause);
  });
  if (file.text === null || file.text.length <= LONGEST) return file;
  throw unusable(
    path,
    `${path} can't be read: it is larger than 16 MiB, so it is not a config file of an engine`,
  );
}

function unusable(path: string, message: string, cause?: unknown): AppError {
  const fix = { do: `Correct ${path} or move it away, then run this again. It is left as it was.` };
  return new AppError({ code: 'unusable-file', message, fix, cause });
}

/**
 * Whether an engine's file exists and may be looked at.
 * @throws AppError naming the file, where that can't be told
 */
export async function isThere(path: string): Promise<boolean> {
  try {
    return (await readEngineFile(path)).text !== null;
  } catch (error) {
    // Without XDG_RUNTIME_DIR the primary file is below /run/containers, which may be root's alone; then
    // this user's podman can't have a login there either.
    const denied =
      error instanceof AppError && (error.cause as NodeJS.ErrnoException | undefined)?.code === 'EACCES';
    if (denied && path.startsWith('/run/')) return false;
    throw error;
  }
}

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
