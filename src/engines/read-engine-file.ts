import { constants } from 'node:fs';
import { lstat, open, realpath } from 'node:fs/promises';
import { AppError } from '../credential/app-error.ts';

/** A config file as it was when read; `text` is null if there was none. */
export interface FileSnapshot {
  readonly path: string;
  /** `path` with symlinks followed: where to write, so that a symlink stays one. */
  readonly target: string;
  readonly text: string | null;
  /** Permission bits and owner of the file, if there was one. */
  readonly mode: number | undefined;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
}

const maxBytes = 16 * 1024 * 1024;

/**
 * Reads a config file. Only a regular file of up to 16 MB in UTF-8 is read; a FIFO can't block it.
 * Throws an AppError for anything else, for a symlink that leads nowhere and if the file can't be read.
 */
export async function readEngineFile(path: string): Promise<FileSnapshot> {
  try {
    const target = await targetOf(path);
    return target === undefined ? nothingAt(path) : await readRegularFile(path, target);
  } catch (error) {
    throw asFileError(error, path, 'read');
  }
}

/** An error of node:fs as an AppError that names the path; an AppError stays as it is. */
export function asFileError(error: unknown, path: string, action: 'read' | 'write'): AppError {
  if (error instanceof AppError) return error;
  const code = (error as NodeJS.ErrnoException).code;
  // Without a code it is no fault of the file system but of this program.
  if (code === undefined) throw error;
  const fault = faults[code] ?? code;
  return fileError(path, `could not ${action} ${path}: ${fault}`, error);
}

const faults: Record<string, string> = {
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  ELOOP: 'its symlinks form a loop',
  ENOTDIR: 'a part of the path is no directory',
  EEXIST: 'a part of the path is no directory',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'your disk quota is used up',
};

function fileError(path: string, message: string, cause?: unknown): AppError {
  return new AppError({
    code: 'ENGINE_FILE_UNUSABLE',
    message,
    hint: `ls -l ${path}`,
    cause,
  });
}

/** The file behind `path`; undefined if there is nothing. */
async function targetOf(path: string): Promise<string | undefined> {
  try {
    await lstat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return await realpath(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw fileError(path, `${path} is a symlink to a file that does not exist`, error);
  }
}

function nothingAt(path: string): FileSnapshot {
  return { path, target: path, text: null, mode: undefined, uid: undefined, gid: undefined };
}

async function readRegularFile(path: string, target: string): Promise<FileSnapshot> {
  // O_NONBLOCK: opening a FIFO would wait for a writer. Windows has neither.
  const handle = await open(target, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw fileError(path, `${path} is no regular file`);
    if (stats.size > maxBytes) throw fileError(path, `${path} is larger than 16 MB`);
    const text = decode(path, await handle.readFile());
    return { path, target, text, mode: stats.mode & 0o7777, uid: stats.uid, gid: stats.gid };
  } finally {
    await handle.close();
  }
}

function decode(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    throw fileError(path, `${path}:1:1: the file is not UTF-8${utf16 ? ' but UTF-16' : ''}`);
  }
}
