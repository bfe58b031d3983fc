import { rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Moment } from '../hosts/clock.ts';
import { answersDirectory } from './answer-file.ts';
import { keptTokenFile, readKeptToken } from './kept-tokens.ts';
import { namesIn } from './read-regular-file.ts';
import { isLeftover } from './remove-file.ts';

const DAY_MS = 24 * 3_600_000;
/** Answers that are used are written anew every five minutes, clusters' words every time one is asked. */
const LONGEST_UNUSED_MS = 30 * DAY_MS;

/**
 * Removes what nothing will use again: answers and clusters' words of more than 30 days, plugins' failures and what
 * writers of answers left behind when they were killed of more than a day, tokens past their end.
 * @param cache our cache directory; null: there is none
 */
export function pruneCache(cache: string | null, uid: number | undefined, now: Moment): void {
  if (cache === null) return;
  const isOlderThan = (ageMs: number) => (path: string) => now.wallMs - statSync(path).mtimeMs > ageMs;
  // A token may be in what a writer that was killed left there.
  remove(answersDirectory(cache), (path) => isOlderThan(isLeftover(path) ? DAY_MS : LONGEST_UNUSED_MS)(path));
  remove(`${cache}/claims`, isOlderThan(LONGEST_UNUSED_MS));
  remove(`${cache}/failures`, isOlderThan(DAY_MS));
  remove(dirname(keptTokenFile(cache, 'key')), (path) => {
    const kept = readKeptToken(path, uid, now);
    // No token is kept that lasts much longer than a day, so that what can't be made out is over by then.
    return kept === undefined ? isOlderThan(2 * DAY_MS)(path) : kept.expiresAtMs <= now.wallMs;
  });
}

function remove(directory: string, isOver: (path: string) => boolean): void {
  for (const name of namesIn(directory)) {
    const path = `${directory}/${name}`;
    try {
      if (isOver(path)) rmSync(path);
    } catch {
      // Removed meanwhile by another process, or not ours to remove: what is left is looked at again next time.
    }
  }
}
