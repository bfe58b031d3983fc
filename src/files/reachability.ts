import { readPrivateFile } from './hot-files.ts';
import { writePrivateFile } from './private-directory.ts';

/** How long a server that could not be reached is left alone, by every process. */
const LEFT_ALONE_MS = 30_000;

interface Failure {
  readonly atMs: number;
  readonly detail: string;
  readonly timedOut: boolean;
}

export interface ReachabilityStore {
  recentFailure(origin: string): string | undefined;
  timedOutCount(): number;
  note(origin: string, outcome: { detail: string; timedOut: boolean } | 'reached'): void;
  /** Keeps what was noted, if it is news. */
  save(): Promise<void>;
}

/**
 * Remembers across processes which servers could not be reached: one that is away is tried once in half a minute, not
 * once for each image.
 * @param cache our cache directory; null: nothing is remembered
 * @param sinceMs what was noted before counts for nothing, and is still kept; in ms since the epoch
 */
export function createReachability(
  cache: string | null,
  uid: number | undefined,
  nowMs: () => number,
  sinceMs = 0,
): ReachabilityStore {
  const path = `${cache}/unreachable.json`;
  const failures = cache === null ? new Map<string, Failure>() : readFailures(path, uid, nowMs());
  const counts = ({ atMs }: Failure) => atMs >= sinceMs;
  let news = false;
  return {
    recentFailure: (origin) => {
      const failure = failures.get(origin);
      return failure !== undefined && counts(failure) ? failure.detail : undefined;
    },
    timedOutCount: () => [...failures.values()].filter((each) => each.timedOut && counts(each)).length,
    note: (origin, outcome) => {
      if (outcome === 'reached') {
        news = failures.delete(origin) || news;
      } else {
        failures.set(origin, { atMs: nowMs(), detail: outcome.detail, timedOut: outcome.timedOut });
        news = true;
      }
    },
    save: async () => {
      if (news && cache !== null) await writePrivateFile(path, JSON.stringify([...failures]), uid, false);
    },
  };
}

function readFailures(path: string, uid: number | undefined, nowMs: number): Map<string, Failure> {
  const text = readPrivateFile(path, uid, 64 * 1024);
  if (text === null) return new Map();
  try {
    const entries = JSON.parse(text) as [string, Failure][];
    return new Map(entries.filter(([, { atMs }]) => nowMs >= atMs && nowMs - atMs < LEFT_ALONE_MS));
  } catch {
    // Cut short by a full disk, or another version's: every server is worth a try.
    return new Map();
  }
}
