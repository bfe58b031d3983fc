import { resolve } from 'node:path';
import type { SourceStamp } from '../hosts/cached-answer.ts';
import { stampOf } from './hot-files.ts';

/** A file that changed this recently may change again without a trace: the clocks of file systems tick slowly. */
export const REST_MS = 20;

/** The files that an answer depends on, each as it was before it was read. */
export interface Sources {
  /** Notes a file's state; to be called before it is looked at. */
  track(path: string): void;
  /**
   * The same for a file that is about to be read: one that was written a moment ago, as the kubeconfig is by `login`, is given
   * the time to come to rest, since nothing would be kept of it else.
   */
  settle(path: string): Promise<void>;
  stamps(): SourceStamp[];
  /** Whether each was at rest when it was looked at, so that whatever changed it later shows in its stamp. */
  wereAtRest(): boolean;
}

/** @param nowMs the wall clock, which the file system's may be ahead of */
export function createSources(nowMs: () => number, waitMs: (ms: number) => Promise<void>): Sources {
  const stamps = new Map<string, string | null>();
  const restless = new Set<string>();
  /** @returns for how long it has been as it is, in ms */
  const look = (path: string): number => {
    const stamp = stampOf(path);
    const restedMs = stamp === null ? REST_MS : nowMs() - changedMs(stamp);
    stamps.set(path, stamp);
    if (restedMs < REST_MS) restless.add(path);
    else restless.delete(path);
    return restedMs;
  };
  const track = (path: string): void => {
    const absolute = resolve(path);
    if (!stamps.has(absolute)) look(absolute);
  };
  const comeToRest = async (path: string): Promise<void> => {
    if (stamps.has(path) && !restless.has(path)) return;
    const leftMs = REST_MS - look(path);
    if (leftMs <= 0) return;
    // Timers may be early by what clocks are rounded by.
    await waitMs(Math.min(REST_MS, leftMs) + 1);
    look(path);
  };
  const settled = new Map<string, Promise<void>>();
  return {
    track,
    settle: (path) => {
      const absolute = resolve(path);
      const settling = settled.get(absolute) ?? comeToRest(absolute);
      settled.set(absolute, settling);
      return settling;
    },
    stamps: () => [...stamps],
    wereAtRest: () => restless.size === 0,
  };
}

/** @param stamp as `stampOf` makes it, with the time of the last change at its end */
function changedMs(stamp: string): number {
  return Number(BigInt(stamp.slice(stamp.lastIndexOf(':') + 1)) / 1_000_000n);
}
