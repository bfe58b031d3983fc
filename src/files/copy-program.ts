import { randomBytes } from 'node:crypto';
import { constants, copyFile, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { removeLeftovers } from './remove-file.ts';
import { syncDirectory } from './replace-file.ts';

/** Others run it, and only its owner changes it. */
const PROGRAM_MODE = 0o755;
/** Nobody takes that long to copy a program. */
const LEFTOVER_AGE_MS = 60_000;

/**
 * Copies a program to a path, in the place of what is there: whole, on the disk, and with the mode of a program, or not at
 * all. Whoever runs the old one goes on with it. Directories that are missing are made, for all to look into.
 * @throws errors of node:fs
 */
export async function copyProgram(from: string, to: string): Promise<void> {
  const temporary = `${to}.${randomBytes(6).toString('hex')}.tmp`;
  await mkdir(dirname(to), { recursive: true, mode: PROGRAM_MODE });
  try {
    await copyFile(from, temporary, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    const handle = await open(temporary, 'r+');
    try {
      await handle.chmod(PROGRAM_MODE);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, to);
  } finally {
    await rm(temporary, { force: true });
  }
  await syncDirectory(dirname(to));
  await removeLeftovers(to, LEFTOVER_AGE_MS);
}
