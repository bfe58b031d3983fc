import { constants } from 'node:fs';
import { access, lstat, open, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { shellQuoted } from '../hosts/quoting.ts';
import { AppError, type Fix } from '../hosts/reason.ts';
import { chownRemedy, isMountPoint } from './obstacles.ts';
import { causeOf } from './read-regular-file.ts';

/** A text file as it was when read; `text` is null if there was none. */
export interface TextFile {
  readonly path: string;
  /** `path` with symbolic links followed: where to write, so that a link stays one. */
  readonly target: string;
  readonly text: string | null;
  /** Permission bits and owner of the file, if there was one. */
  readonly mode: number | undefined;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
}

/** What could not be done with a file. */
type Action = 'read' | 'changed' | 'removed';

const LARGEST = 64 * 1024 * 1024;

/**
 * Reads a file that is to be edited. Never waits for a FIFO or a device.
 * @throws AppError `unusable-file`: no regular file, not in UTF-8, too large, out of reach, a link that leads nowhere;
 *   `foreign-file`: root's, in a directory of a person
 */
export async function readTextFile(path: string): Promise<TextFile> {
  try {
    const target = await targetOf(path);
    const file = target === undefined ? undefined : await readTarget(path, target);
    return file ?? { path, target: path, text: null, mode: undefined, uid: undefined, gid: undefined };
  } catch (error) {
    // The system's refusal, told in words.
    throw await withRemedy(asFileError(error, path, 'read'), path);
  }
}

/** @returns an error of node:fs as an AppError that names the path; an AppError as it is. @throws a defect */
export function asFileError(error: unknown, path: string, action: Action): AppError {
  if (error instanceof AppError) return error;
  const code = (error as NodeJS.ErrnoException).code;
  if (code === undefined) throw error;
  return unusable(path, action, causeOf(code), error);
}

/**
 * Root must not leave files of its own in someone's home (`sudo` may keep HOME), others can't keep the owner of a file
 * that is not theirs, and a file that its owner may not write is meant to stay as it is, though it could be replaced. A
 * file that is mounted by itself can't be.
 * @param uid the effective user id; undefined: owners are not asked (Windows)
 * @throws AppError `unusable-file`, `foreign-file`
 */
export async function refuseUnwritable(file: TextFile, uid: number | undefined): Promise<void> {
  const { path, target, mode } = file;
  if (mode !== undefined && (mode & 0o200) === 0) {
    const fix = { run: `chmod u+w ${path}` };
    throw new AppError({ code: 'unusable-file', message: `${path} can't be changed: it is read-only`, fix });
  }
  const directory = await nearestDirectory(target).catch((error) => {
    throw asFileError(error, path, 'changed');
  });
  await access(directory.path, constants.W_OK).catch(async (error) => {
    throw await withRemedy(closedDirectory(error, path, directory, uid), directory.path);
  });
  const owner = uid === 0 ? directory.uid : (file.uid ?? uid);
  if (owner !== uid && owner !== undefined && uid !== undefined)
    throw new AppError({
      code: 'foreign-file',
      ...(await othersFile(uid === 0 ? directory.path : path, owner, uid, target)),
    });
  if (file.text !== null && (await hasOtherNames(target))) {
    throw new AppError({
      code: 'hard-linked',
      message: `${path} can't be changed: it has another name (a hard link), which would keep what is in it now`,
      fix: {
        run: `cp -p ${shellQuoted(target)} ${shellQuoted(`${target}.own`)} && mv ${shellQuoted(`${target}.own`)} ${shellQuoted(target)}`,
      },
    });
  }
  if (file.text !== null && (await isMountPoint(target))) {
    throw new AppError({
      code: 'unusable-file',
      message: `${path} can't be changed: it is a mount point (a single file that was mounted into a container), and can't be replaced`,
      fix: { do: `Mount its directory, ${dirname(target)}, and not the file, then run this again.` },
    });
  }
}

async function hasOtherNames(target: string): Promise<boolean> {
  return stat(target).then(
    ({ nlink }) => nlink > 1,
    // It is gone meanwhile: whoever replaces it looks again.
    () => false,
  );
}

/** A file is replaced, and so it is its directory that has to be writable, whatever the file itself is. */
function closedDirectory(
  error: unknown,
  path: string,
  directory: { readonly path: string; readonly uid: number },
  uid: number | undefined,
): AppError {
  const { message, cause } = asFileError(error, path, 'changed');
  const isClosed = (error as NodeJS.ErrnoException).code === 'EACCES';
  const isOwn = isClosed && (uid === undefined || directory.uid === uid);
  return new AppError({
    code: 'unusable-file',
    message: isClosed
      ? `${path} can't be changed: you may not write into its directory ${directory.path}`
      : message,
    fix: { run: `${isOwn ? 'chmod u+w' : 'ls -ld'} ${shellQuoted(directory.path)}` },
    cause,
  });
}

/**
 * What to say of a file or directory of another user, and how to go about it.
 * @param target where it lies, with symbolic links followed
 */
export async function othersFile(
  path: string,
  owner: number,
  uid: number,
  target = path,
): Promise<{ message: string; fix: Fix }> {
  const message = `${path} belongs to user ${owner}, and you are user ${uid}`;
  if (uid === 0) return { message, fix: { do: 'Run this without sudo.' } };
  if (owner !== 0) return { message, fix: { do: `Run this as that user: sudo -H -u '#${owner}' …` } };
  return { message, fix: { run: (await chownRemedy(target, uid)) ?? `ls -ldL ${path}` } };
}

/** What is out of reach since `sudo` made it has a remedy. */
async function withRemedy(error: AppError, place: string): Promise<AppError> {
  const { code } = (error.cause ?? {}) as NodeJS.ErrnoException;
  const run = code === 'EACCES' || code === 'EPERM' ? await chownRemedy(place) : undefined;
  if (run === undefined) return error;
  const { message, cause } = error;
  return new AppError({ code: 'foreign-file', message, fix: { run }, cause });
}

/** The file behind `path`; undefined if there is nothing, or nothing any more. */
async function targetOf(path: string): Promise<string | undefined> {
  const named = await lstat(path).catch(undefinedIfAbsent);
  if (named === undefined) return undefined;
  try {
    return await realpath(path);
  } catch (error) {
    if (undefinedIfAbsent(error) === undefined && !named.isSymbolicLink()) return undefined;
    throw unusable(path, 'read', 'it is a symbolic link to a file that is not there', error);
  }
}

function undefinedIfAbsent(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  return undefined;
}

/** @returns undefined: another program removed it meanwhile */
async function readTarget(path: string, target: string): Promise<TextFile | undefined> {
  // Without O_NONBLOCK, opening a FIFO waits for a writer. Windows has no such flag.
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
  const handle = await open(target, flags).catch(undefinedIfAbsent);
  if (handle === undefined) return undefined;
  try {
    const stats = await handle.stat();
    if (stats.isDirectory()) throw unusable(path, 'read', 'it is a directory');
    if (!stats.isFile()) throw unusable(path, 'read', 'it is not a regular file');
    if (stats.size > LARGEST) throw unusable(path, 'read', 'it is larger than 64 MiB');
    const text = decoded(path, await handle.readFile());
    return { path, target, text, mode: stats.mode & 0o7777, uid: stats.uid, gid: stats.gid };
  } finally {
    await handle.close();
  }
}

function decoded(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw unusable(path, 'read', 'it is not in UTF-8');
  }
}

async function nearestDirectory(target: string): Promise<{ path: string; uid: number }> {
  for (let path = dirname(target); ; path = dirname(path)) {
    try {
      return { path, uid: (await stat(path)).uid };
    } catch (error) {
      // Not made yet: its owner will be whoever may write to the directory above it.
      const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      if (!isMissing || path === dirname(path)) throw error;
    }
  }
}

function unusable(path: string, action: Action, cause: string, error?: unknown): AppError {
  return new AppError({
    code: 'unusable-file',
    message: `${path} can't be ${action}: ${cause}`,
    fix: { run: `ls -ldL ${path}` },
    cause: error,
  });
}
