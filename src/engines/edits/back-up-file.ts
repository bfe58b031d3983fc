import { createHash } from 'node:crypto';
import { rmdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { readPrivateFile, stampOf } from '../../files/hot-files.ts';
import { namesIn } from '../../files/names-in.ts';
import { removeFile } from '../../files/remove-file.ts';
import { writePrivateFile } from '../../files/write-private-file.ts';

const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Where the backup of a file lies, as it was before this program first changed it. It may hold secrets and is private.
 * @param state our state directory
 * @param path of the file that is backed up, absolute
 */
export function backupFile(state: string, path: string): string {
  const readable = `${basename(dirname(path))}-${basename(path)}`.replaceAll(/[^\w.-]/g, '_').slice(-80);
  const mark = createHash('sha256').update(path).digest('hex').slice(0, 12);
  return `${state}/backups/${readable.replace(/^\.+/, '')}-${mark}`;
}

/**
 * Keeps a file's text, unless an older one of it is kept.
 * @returns whether one is kept
 */
export async function backUpFile(
  state: string,
  path: string,
  text: string,
  uid: number | undefined,
): Promise<boolean> {
  if (stampOf(backupFile(state, path)) !== null) return true;
  return replaceBackupAt(backupFile(state, path), text, uid);
}

/** @returns the text that is kept of a file; null: none */
export function readBackup(state: string, path: string, uid: number | undefined): string | null {
  return readBackupAt(backupFile(state, path), uid);
}

/** Removes the backup of a file, which holds nothing any more that is to be brought back. */
export function removeBackup(state: string, path: string): Promise<void> {
  return removeBackupAt(backupFile(state, path));
}

/** @returns where all backups lie, of whatever files */
export function listBackups(state: string): readonly string[] {
  const directory = `${state}/backups`;
  return namesIn(directory).map((name) => `${directory}/${name}`);
}

/** @returns the text that is kept there; null: none */
export function readBackupAt(backup: string, uid: number | undefined): string | null {
  return readPrivateFile(backup, uid, MOST_BYTES);
}

/** Keeps another text in a backup's place. @returns whether it is kept */
export function replaceBackupAt(backup: string, text: string, uid: number | undefined): Promise<boolean> {
  return writePrivateFile(backup, text, uid, true);
}

/** Removes it, and the directory that it was the last one in. */
export async function removeBackupAt(backup: string): Promise<void> {
  await removeFile(backup);
  await rmdir(dirname(backup)).catch(() => {
    // Others' backups are in it, or it is gone.
  });
}
