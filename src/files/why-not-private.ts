import { constants } from 'node:fs';
import { access, lstat, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Fix } from '../hosts/reason.ts';
import { chownRemedy } from './obstacles.ts';
import { topmostOfOurs } from './private-directory.ts';
import { causeOf } from './read-regular-file.ts';
import { othersFile } from './text-file.ts';

/** What keeps a private file from being written: a part of a sentence, and what fixes it. */
export interface Obstacle {
  readonly message: string;
  readonly fix: Fix | undefined;
}

/** Others' permissions that the directory of a private file must not have, and those of ours above it. */
const FORBIDDEN_DIRECTLY = 0o077;
const FORBIDDEN_ABOVE = 0o022;

/**
 * Why a private file of ours could not be written.
 * @param path absolute
 * @param uid the effective user id; undefined: owners are not asked (Windows)
 */
export async function whyNotPrivate(path: string, uid: number | undefined): Promise<Obstacle> {
  const stats = await lookForObstacle(path, uid);
  if (!('message' in stats) && (await isDirectory(path))) {
    return { message: 'it is a directory', fix: { run: `rmdir ${path}` } };
  }
  return 'message' in stats
    ? stats
    : { message: 'the disk is full or read-only', fix: { run: `df ${stats.place}` } };
}

async function isDirectory(path: string): Promise<boolean> {
  return lstat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}

/** What is going to keep a private file of ours from being written, as far as that can be foreseen. */
export async function foreseenObstacle(path: string, uid: number | undefined): Promise<Obstacle | undefined> {
  const stats = await lookForObstacle(path, uid);
  return 'message' in stats ? stats : undefined;
}

/** @returns where the search ended, if there is none */
async function lookForObstacle(path: string, uid: number | undefined): Promise<Obstacle | { place: string }> {
  const ours = topmostOfOurs(path);
  for (let place = dirname(path), forbidden: number | undefined = FORBIDDEN_DIRECTLY; ; ) {
    const obstacle = await obstacleAt(place, forbidden, uid);
    if (typeof obstacle === 'object') return obstacle;
    const parent = dirname(place);
    const isParentOurs = parent.startsWith(ours);
    // Where our directories are to be made, whatever is above it is no matter.
    if ((obstacle === 'fine' && !isParentOurs) || parent === place) return { place };
    place = parent;
    forbidden = isParentOurs ? FORBIDDEN_ABOVE : undefined;
  }
}

/** @param forbidden undefined: it is not a directory of ours, but one that they are made in */
async function obstacleAt(
  place: string,
  forbidden: number | undefined,
  uid: number | undefined,
): Promise<Obstacle | 'fine' | 'not there'> {
  const fix = { run: `ls -ld ${place}` };
  try {
    const stats = await (forbidden === undefined ? stat : lstat)(place);
    if (!stats.isDirectory()) return { message: `${place} is not a directory`, fix };
    // Root must not leave files of its own in another's home.
    const mustBeOwn = uid !== undefined && (forbidden !== undefined || uid === 0);
    if (mustBeOwn && stats.uid !== uid) return await othersFile(place, stats.uid, uid);
    if (uid !== undefined && (stats.mode & (forbidden ?? 0)) !== 0) {
      return { message: `${place} is open to others`, fix: { run: `chmod 700 ${place}` } };
    }
    await access(place, constants.W_OK);
    return 'fine';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Then it could not be made, and the reason lies above it.
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'not there';
    const remedy = code === 'EACCES' || code === 'EPERM' ? await chownRemedy(place, uid) : undefined;
    return {
      message: `${place} can't be written to: ${causeOf(code ?? String(error))}`,
      fix: remedy === undefined ? fix : { run: remedy },
    };
  }
}
