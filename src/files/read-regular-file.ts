import { constants, readdirSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { AppError, type Fix } from '../hosts/reason.ts';

const READ_ONLY = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** What a system refuses to do with a file. */
const CAUSES: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  ELOOP: 'its symbolic links form a loop',
  ENAMETOOLONG: 'its path is too long',
  ENOTDIR: 'a part of its path is not a directory',
  ENXIO: 'it is not a regular file',
  EISDIR: 'it is a directory',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'your disk quota is used up',
  EBUSY: 'it is a mount point',
  EIO: 'its disk or file system fails',
  ENOTCONN: 'nobody serves its file system any more',
  ESTALE: 'its file system was mounted anew',
};

/** @returns in words why a system refused something; a code that has none stands for itself */
export function causeOf(code: string): string {
  return CAUSES[code] ?? code;
}

/**
 * Reads a file that belongs to someone else: a kubeconfig, a token, a CA. Never waits for a FIFO or a device.
 * @param path absolute, or relative to the working directory
 * @param limit the most bytes that it may have
 * @returns its text; undefined if there is no such file
 * @throws AppError `unreadable-file`: a directory, FIFO or device, too large, or out of reach
 */
export async function readRegularFile(path: string, limit: number): Promise<string | undefined> {
  let file: FileHandle;
  try {
    file = await open(path, READ_ONLY);
  } catch (error) {
    // The system's refusal, told in words; a file that is not there is an answer, not an error.
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    // Nor is there one below what is no directory: HOME=/dev/null is how accounts without a home are run.
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw unreadable(path, causeOf(code));
  }
  try {
    const stat = await file.stat();
    if (stat.isDirectory()) throw unreadable(path, 'it is a directory');
    if (!stat.isFile()) throw unreadable(path, 'it is not a regular file');
    if (stat.size > limit)
      throw tooLarge(path, `it has ${inKib(stat.size)}, and ${inKib(limit)} are read at the most`);
    return await readWhole(file, stat.size, path, limit);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof AppError || code === undefined) throw error;
    throw unreadable(path, causeOf(code));
  } finally {
    await file.close();
  }
}

/** What a file says of its size is not what it has: it may grow, and those of /proc and of some file systems say 0. */
async function readWhole(file: FileHandle, size: number, path: string, limit: number): Promise<string> {
  let bytes = Buffer.allocUnsafe(size + 1);
  let length = 0;
  for (;;) {
    const { bytesRead } = await file.read(bytes, length, bytes.length - length, null);
    if (bytesRead === 0) return bytes.toString('utf8', 0, length);
    length += bytesRead;
    if (length > limit) throw tooLarge(path, `it has more than ${inKib(limit)}`);
    if (length === bytes.length) bytes = Buffer.concat([bytes], Math.max(4096, 2 * length));
  }
}

function tooLarge(path: string, sizes: string): AppError {
  return unreadable(path, sizes, { do: 'Take out of it what is not needed.' });
}

function inKib(bytes: number): string {
  return `${Math.ceil(bytes / 1024).toLocaleString('en')} KiB`;
}

function unreadable(path: string, cause: string, fix: Fix = { run: `ls -lL ${path}` }): AppError {
  return new AppError({
    code: 'unreadable-file',
    message: `${path} can't be read: ${cause}`,
    fix,
  });
}

/** @returns the names in a directory, sorted; none where it is not there, or closed to this user */
export function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).sort();
  } catch {
    // Nothing was kept there yet, or it is not ours to look into: nothing is known of what it holds.
    return [];
  }
}
