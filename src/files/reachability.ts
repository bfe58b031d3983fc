import { createHash, randomBytes } from 'node:crypto';
import type { ExecPlugin } from '../hosts/identity.ts';
import { readPrivateFile } from './hot-files.ts';
import { writePrivateFile } from './private-directory.ts';
import { removeFile } from './remove-file.ts';

/** How long a server that could not be reached is left alone, by every process. */
const LEFT_ALONE_MS = 30_000;
/** How long it is remembered what a connection to a server took, and of how many. */
const REMEMBERED_MS = 30 * 24 * 3_600_000;
const MOST_REMEMBERED = 256;
/** The longest to wait for a connection. */
const CONNECT_MS = 2000;
/**
 * The same by how many runs before this one met nothing but servers that let the time run out, and since whenever anybody
 * answered: the first server of a run, and those after one that did so, too. The more, the more probably the network is
 * gone, and whoever asks for a dozen hosts in a row, as `oc image` does, waits for each of them.
 */
const SUSPICIOUS_MS = [
  [CONNECT_MS, 1000],
  [1000, 300],
  [300, 300],
  [100, 100],
] as const;

interface Failure {
  readonly atMs: number;
  readonly detail: string;
  readonly timedOut: boolean;
  /** Which run of the program it was. */
  readonly run: string;
  /** It was given less than the usual time: that is held against it by this run alone. */
  readonly isHasty?: boolean;
}

interface Contact {
  readonly atMs: number;
  readonly connectMs: number;
}

/** What came of a request. */
type Outcome =
  /** Undefined or no number: it was not measured. */
  | { readonly reachedInMs: number | undefined }
  | { readonly detail: string; readonly timedOut: boolean; readonly afterMs?: number };

export interface ReachabilityStore {
  recentFailure(way: string): string | undefined;
  connectLimitMs(way: string): number;
  note(way: string, outcome: Outcome): void;
  /** Keeps what was noted, if it is news. */
  save(): Promise<void>;
}

/**
 * Remembers across processes which servers could not be reached: one that is away is tried once in half a minute, not
 * once for each image. And how long connections took: a server that is far and well is given its time when others are away.
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
  const run = randomBytes(6).toString('hex');
  const { failures, contacts } = readServers(
    cache === null ? null : readPrivateFile(path, uid, 256 * 1024),
    nowMs(),
  );
  let news = false;
  const counts = ({ atMs }: Failure) => atMs >= sinceMs;
  /** Since anybody answered the network is there, and who let the time run out before says nothing of others. */
  const timeouts = (): readonly Failure[] => {
    const answeredAtMs = Math.max(0, ...[...contacts.values()].map(({ atMs }) => atMs));
    return [...failures.values()].filter((each) => each.timedOut && counts(each) && each.atMs > answeredAtMs);
  };
  return {
    recentFailure: (way) => {
      const failure = failures.get(way);
      if (failure === undefined || !counts(failure)) return undefined;
      return failure.isHasty === true && failure.run !== run ? undefined : failure.detail;
    },
    connectLimitMs: (way) => {
      const late = timeouts();
      const others = new Set(late.map((each) => each.run).filter((other) => other !== run)).size;
      const [first, next] = SUSPICIOUS_MS[others] ?? SUSPICIOUS_MS[3];
      const known = contacts.get(way)?.connectMs ?? 0;
      const limit = late.some((each) => each.run === run) ? next : first;
      return Math.min(CONNECT_MS, Math.max(limit, 2 * known + 50));
    },
    note: (way, outcome) => {
      const atMs = nowMs();
      if ('reachedInMs' in outcome) {
        const before = contacts.get(way)?.connectMs;
        const measuredMs = Math.round(outcome.reachedInMs ?? Number.NaN);
        const connectMs = Number.isFinite(measuredMs) ? measuredMs : (before ?? 0);
        const isOther = before === undefined || connectMs > 2 * before || before > 2 * connectMs;
        news = failures.delete(way) || isOther || timeouts().length > 0 || news;
        contacts.set(way, { atMs, connectMs });
      } else {
        const { detail, timedOut, afterMs = CONNECT_MS } = outcome;
        const isHasty = timedOut && afterMs < CONNECT_MS;
        failures.set(way, { atMs, detail, timedOut, run, ...(isHasty ? { isHasty } : {}) });
        news = true;
      }
    },
    save: async () => {
      if (!news || cache === null) return;
      const latest = [...contacts].sort(([, a], [, b]) => b.atMs - a.atMs).slice(0, MOST_REMEMBERED);
      await writePrivateFile(path, JSON.stringify([...failures, ...latest]), uid, false);
    },
  };
}

function readServers(text: string | null, nowMs: number) {
  const failures = new Map<string, Failure>();
  const contacts = new Map<string, Contact>();
  try {
    for (const [way, entry] of JSON.parse(text ?? '[]') as [string, Failure | Contact][]) {
      const ageMs = nowMs - entry.atMs;
      if ('connectMs' in entry && Number.isFinite(entry.connectMs) && ageMs >= 0 && ageMs < REMEMBERED_MS)
        contacts.set(way, entry);
      if ('detail' in entry && ageMs >= 0 && ageMs < LEFT_ALONE_MS) failures.set(way, entry);
    }
  } catch {
    // Cut short by a full disk, or another version's: every server is worth a try.
  }
  return { failures, contacts };
}

/** How long a plugin that failed is left alone. */
const PLUGIN_LEFT_ALONE_MS = 10 * 60_000;

function failureFile(cache: string, plugin: ExecPlugin): string {
  return `${cache}/failures/${createHash('sha256').update(JSON.stringify(plugin)).digest('hex').slice(0, 32)}.json`;
}

/**
 * @param cache our cache directory; null: nothing is remembered
 * @returns what the plugin failed of, if that was less than ten minutes ago
 */
export function recentFailure(
  cache: string | null,
  plugin: ExecPlugin,
  uid: number | undefined,
  nowMs: number,
): string | undefined {
  const text = cache === null ? null : readPrivateFile(failureFile(cache, plugin), uid, 64 * 1024);
  if (text === null) return undefined;
  try {
    const { atMs, message } = JSON.parse(text) as { atMs: number; message: string };
    return nowMs >= atMs && nowMs - atMs < PLUGIN_LEFT_ALONE_MS ? String(message) : undefined;
  } catch {
    // Cut short by a full disk: the plugin is worth a try.
    return undefined;
  }
}

/** Remembers a failure across processes. */
export async function noteFailure(
  cache: string | null,
  plugin: ExecPlugin,
  message: string,
  uid: number | undefined,
  nowMs: number,
): Promise<void> {
  if (cache === null) return;
  await writePrivateFile(failureFile(cache, plugin), JSON.stringify({ atMs: nowMs, message }), uid, false);
}

/** Forgets a failure: a person ran the plugin, and it worked. @throws AppError naming the file, if it can't be removed */
export async function forgetFailure(cache: string | null, plugin: ExecPlugin): Promise<void> {
  if (cache !== null) await removeFile(failureFile(cache, plugin));
}
