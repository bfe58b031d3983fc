import { lstat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { othersFile } from '../../files/text-file.ts';
import type { Obstacle } from '../../files/why-not-private.ts';
import type { Fix } from '../../hosts/reason.ts';
import { readRecordAsItIs } from './stored-logins.ts';

/**
 * Why a record that is there does not count: others may read or change it, or nobody can.
 * @param path of the record
 * @param uid the effective user id; undefined: owners are not asked (Windows)
 * @returns undefined: there is none, or it counts
 */
export async function whyStoredUnusable(
  path: string,
  host: string,
  uid: number | undefined,
): Promise<Obstacle | undefined> {
  const directory = dirname(path);
  const file = await look(path);
  if (file === undefined) return undefined;
  if (file === 'out of reach') {
    return { message: `${directory} can't be looked into`, fix: { run: `ls -ld ${directory}` } };
  }
  const erase = { run: `docker-credential-openshift logout ${host}` };
  if (file.isDirectory()) return { message: `${path} is a directory`, fix: { run: `rmdir ${path}` } };
  if (!file.isFile()) return { message: `${path} is no regular file`, fix: erase };
  if (uid !== undefined && file.uid !== uid) return othersFile(path, file.uid, uid);
  if (uid !== undefined && (file.mode & 0o077) !== 0) {
    return { message: `${path} is open to others`, fix: { run: `chmod 600 ${path}` } };
  }
  return (
    (await whyOpen(directory, 0o077, uid)) ??
    (await whyOpen(dirname(directory), 0o022, uid)) ??
    whyUnread(path, file.mode, erase)
  );
}

async function whyOpen(
  directory: string,
  forbidden: number,
  uid: number | undefined,
): Promise<Obstacle | undefined> {
  const found = await look(directory);
  if (uid === undefined || found === undefined || found === 'out of reach') return undefined;
  if (!found.isDirectory())
    return { message: `${directory} is no directory`, fix: { run: `ls -ld ${directory}` } };
  if (found.uid !== uid) return othersFile(directory, found.uid, uid);
  if ((found.mode & forbidden) === 0) return undefined;
  return { message: `${directory} is open to others`, fix: { run: `chmod 700 ${directory}` } };
}

function whyUnread(path: string, mode: number, erase: Fix): Obstacle | undefined {
  if (readRecordAsItIs(path) !== undefined) return undefined;
  if ((mode & 0o400) === 0) return { message: `${path} can't be read`, fix: { run: `chmod 600 ${path}` } };
  return { message: `${path} is damaged`, fix: erase };
}

async function look(path: string) {
  try {
    return await lstat(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Where a part of its path is not there, or no directory, there is nothing.
    return code === 'ENOENT' || code === 'ENOTDIR' ? undefined : ('out of reach' as const);
  }
}
