import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { removeLeftovers } from './leftovers.ts';

/** Nobody takes that long to write a file of this size. */
const LEFTOVER_AGE_MS = 10_000;

/** How a replaced file should look. Without an owner it belongs to whoever writes it. */
export interface FileLook {
  readonly mode: number;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
}

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
    await fill(handle, text, look, lasting);
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

async function fill(handle: FileHandle, text: string, look: FileLook, lasting: boolean): Promise<void> {
  try {
    await handle.writeFile(text, 'utf8');
    if (look.uid !== undefined && look.gid !== undefined) await keepOwner(handle, look.uid, look.gid);
    await handle.chmod(look.mode);
    if (lasting) await handle.sync();
  } finally {
    await handle.close();
  }
}

async function keepOwner(handle: FileHandle, uid: number, gid: number): Promise<void> {
  const now = await handle.stat();
  if (now.uid === uid && now.gid === gid) return;
  try {
    await handle.chown(uid, gid);
  } catch (error) {
    // A group we are no member of (a setgid directory once gave it) can't be given again. EINVAL: an id
    // that a user namespace does not map.
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'EPERM' && code !== 'EINVAL') throw error;
  }
}

/** Without it a power failure may undo the rename. Windows can't open directories. */
async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
