import { rm, rmdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { shellQuoted } from '../hosts/quoting.ts';
import type { Reason } from '../hosts/reason.ts';
import { answerFile } from './answer-file.ts';
import { cacheDirectory, configFile, type Place, stateDirectory } from './directories.ts';
import { keptTokenFile } from './kept-tokens.ts';
import { logFiles } from './log-file.ts';
import { signOutFile } from './sign-outs.ts';
import { othersFile } from './text-file.ts';
import { foreseenObstacle, type Obstacle } from './why-not-private.ts';

/** A directory of ours, and what it is for. */
export interface OwnDirectory {
  readonly what: 'answers' | 'logins and sign-outs' | 'config';
  /** What keeps it from being used as it should. */
  readonly obstacle: Reason | undefined;
}

/**
 * Our own directories, with what keeps each from being used as it should.
 * @param storedLogin a file of typed logins, below our state directory
 */
export async function ownDirectories(
  here: Place,
  storedLogin: string | undefined,
): Promise<readonly OwnDirectory[]> {
  const cache = cacheDirectory(here);
  const state = stateDirectory(here);
  const config = configFile(here);
  const asked: [OwnDirectory['what'], string][] = [
    ...(cache === null ? [] : [answerFile(cache, 'host'), keptTokenFile(cache, 'key')]).map(
      (path): [OwnDirectory['what'], string] => ['answers', path],
    ),
    ...(state === null ? [] : [storedLogin ?? [], signOutFile(state, 'host')].flat()).map(
      (path): [OwnDirectory['what'], string] => ['logins and sign-outs', path],
    ),
  ];
  const directories = new Map<string, OwnDirectory>();
  const note = (what: OwnDirectory['what'], path: string, obstacle: Obstacle | undefined) => {
    const reason = obstacle && { code: 'directory-not-private', why: obstacle.message, fix: obstacle.fix };
    // What is wrong with a directory is wrong with all below it.
    directories.set(reason?.why ?? path, { what, obstacle: reason });
  };
  for (const [what, file] of asked) note(what, file, await foreseenObstacle(file, here.uid));
  for (const path of config === null ? [] : [config, dirname(config)]) {
    note('config', path, await whyOthersMayChange(path, here.uid));
  }
  return [...directories.values()];
}

/** What lies in our cache, by its names there: without a home it is one directory with what must last. */
const CACHED = ['answers', 'tokens', 'claims', 'failures', 'unreachable.json', 'key', 'locks'];

/**
 * Removes all that can be made anew, the log, and each directory of ours that is empty then. What a person stored, and who is signed
 * out, stays; so does what can't be removed.
 */
export async function removeCached(here: Place): Promise<void> {
  const [cache, state] = [cacheDirectory(here), stateDirectory(here)];
  const cached = cache === null ? [] : CACHED.map((name) => `${cache}/${name}`);
  for (const path of [...cached, ...(state === null ? [] : logFiles(state))]) {
    await rm(path, { recursive: true, force: true }).catch(() => {
      // Another process writes there just now, or it is not ours to remove.
    });
  }
  const kept = state === null ? [] : ['locks', 'stored', 'signed-out'].map((name) => `${state}/${name}`);
  for (const directory of [...kept, state, cache]) {
    if (directory !== null)
      await rmdir(directory).catch(() => {
        // Something is in it, or it is not there.
      });
  }
}

/** A group that may write is mostly the user's own; root may have put the file there. */
async function whyOthersMayChange(path: string, uid: number | undefined): Promise<Obstacle | undefined> {
  if (uid === undefined) return undefined;
  try {
    const { mode, uid: owner } = await stat(path);
    if (owner !== uid && owner !== 0) return await othersFile(path, owner, uid);
    // In a directory such as /tmp nobody replaces another's file.
    const isOpen = (mode & 0o002) !== 0 && (mode & 0o1000) === 0;
    return isOpen
      ? { message: `${path} can be changed by everybody`, fix: { run: `chmod o-w ${shellQuoted(path)}` } }
      : undefined;
  } catch {
    // Not there, or out of reach: what can't be read of it is told by the check that looks at the config.
    return undefined;
  }
}
