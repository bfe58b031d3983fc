import { resolve } from 'node:path';
import type { SourceStamp } from '../hosts/cached-answer.ts';
import { stampOf } from './hot-files.ts';

/** A file that changed this recently may change again without a trace: the clocks of file systems tick slowly. */
export const REST_MS = 20;

/** The files that answers depend on, each as it was before it was read. */
export interface Sources {
  /** Notes a file's state; to be called before it is read. */
  track(path: string): void;
  stamps(): SourceStamp[];
  /** Whether each had been at rest for `REST_MS` when it was looked at, so that a later change shows in its stamp. */
  wereAtRest(): boolean;
}

/** @param nowMs the wall clock */
export function createSources(nowMs: () => number): Sources {
  const stamps = new Map<string, string | null>();
  let atRest = true;
  return {
    track: (path) => {
      const absolute = resolve(path);
      if (stamps.has(absolute)) return;
      const stamp = stampOf(absolute);
      stamps.set(absolute, stamp);
      if (stamp !== null && nowMs() - changedMs(stamp) < REST_MS) atRest = false;
    },
    stamps: () => [...stamps],
    wereAtRest: () => atRest,
  };
}

/** @param stamp as `stampOf` makes it, with the time of the last change at its end */
function changedMs(stamp: string): number {
  return Number(BigInt(stamp.slice(stamp.lastIndexOf(':') + 1)) / 1_000_000n);
}
