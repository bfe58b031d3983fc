import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { removeLeftovers } from './remove-file.ts';

/** Nobody takes that long to write a file of this size. */
const LEFTOVER_AGE_MS = 10_000;

/** How a replaced file should look. Without an owner it belongs to whoever writes it. */
export interface FileLook {
  readonly mode: number;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  /**
   * The target, if it is there: its access control list and its user's extended attributes are taken over. Where they
   * can't be, what the mode's bits would give to others may be more than they had, and the file is its owner's alone.
   */
  readonly like?: string | undefined;
}

/** What a file's owner may do, and nobody else. */
const OWNERS_BITS = 0o7700;

/**
 * Writes `text` beside `target`, has it on the disk, and renames it over `target` if `mayReplace` (asked
 * at the last moment) still says so. Returns whether it did. Throws errors of node:fs; `target` is then
 * as it was, and nothing is left beside it. What can be made anew (`lasting` is false) is not waited for
 * until it is on the disk. What earlier writers were killed with goes from beside `target`, too.
 *
 * Not write-file-atomic 7: it ignores how much its single `write` took, so that on a full disk it renames
 * a truncated file over the good one and reports success.
 */
export async function replaceFile(
  target: string,
  text: string,
  look: FileLook,
  mayReplace: () => Promise<boolean> = async () => true,
  lasting = true,
): Promise<boolean> {
  const temporary = `${target}.${randomBytes(6).toString('hex')}.tmp`;
  const handle = await open(temporary, 'wx', 0o600);
  let renamed = false;
  try {
    await fill(handle, temporary, text, look, lasting);
    if (!(await mayReplace())) return false;
    await rename(temporary, target);
    renamed = true;
  } finally {
    if (!renamed) {
      await unlink(temporary).catch((error: NodeJS.ErrnoException) => {
        // Whoever removed the target took it along.
        if (error.code !== 'ENOENT') throw error;
      });
    }
  }
  if (lasting) await syncDirectory(dirname(target));
  await removeLeftovers(target, LEFTOVER_AGE_MS);
  return true;
}

async function fill(
  handle: FileHandle,
  path: string,
  text: string,
  look: FileLook,
  lasting: boolean,
): Promise<void> {
  try {
    await handle.writeFile(text, 'utf8');
    const isOwners = await keepOwner(handle, look);
    await handle.chmod(await modeFor(path, look, isOwners));
    if (lasting) await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * What others may do: no more than before. The bits of the group stand for the mask of an access control list where there is
 * one, and for the rights of another group where the owner can't be kept.
 */
async function modeFor(path: string, { mode, like }: FileLook, isOwners: boolean): Promise<number> {
  if (!isOwners) return mode & OWNERS_BITS;
  if (like === undefined || process.platform !== 'linux' || (await copyAttributes(like, path))) return mode;
  return mode & OWNERS_BITS;
}

/** @returns whether the file has the owner and the group that it should have */
async function keepOwner(handle: FileHandle, { uid, gid }: FileLook): Promise<boolean> {
  if (uid === undefined || gid === undefined) return true;
  const now = await handle.stat();
  if (now.uid === uid && now.gid === gid) return true;
  try {
    await handle.chown(uid, gid);
    return true;
  } catch (error) {
    // A group we are no member of (a setgid directory once gave it) can't be given again. EINVAL: an id
    // that a user namespace does not map.
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'EPERM' && code !== 'EINVAL') throw error;
    return false;
  }
}

/** Without it a power failure may undo the rename. Windows can't open directories. */
export async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** `cp` is done in a millisecond, but where a file system hangs. */
const LONGEST_MS = 5000;

/**
 * Gives a file the permissions of another, its access control list among them, and its user's extended attributes; what a
 * default list of the directory gave it goes. Node has no call for these, GNU's `cp` has (docs/decisions/0014).
 * @returns whether all of them were copied; false, too, where this system's `cp` can't (busybox) or there is none
 */
function copyAttributes(from: string, to: string): Promise<boolean> {
  const args = ['--attributes-only', '--preserve=mode,xattr', '--', from, to];
  return new Promise((resolve) => {
    execFile('cp', args, { timeout: LONGEST_MS }, (error) => resolve(error === null));
  });
}
