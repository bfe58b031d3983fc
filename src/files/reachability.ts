import { randomBytes } from 'node:crypto';
import type { Trouble } from '../hosts/renewal.ts';
import { readPrivateFile } from './hot-files.ts';
import { writePrivateFile } from './private-directory.ts';

/** How long a server that could not be reached is left alone, by every process. */
const LEFT_ALONE_MS = 30_000;
/** How long it is remembered what a connection to a server took, and of how many. */
const REMEMBERED_MS = 30 * 24 * 3_600_000;
const MOST_REMEMBERED = 256;
/** How long trouble is remembered: a token lives no longer. Two failures that are further apart are not one. */
const TROUBLE_MS = 24 * 3_600_000;
/** The longest that a server that asked for it is left alone; see `src/cluster/retry-after.ts`. */
const LONGEST_PAUSE_MS = 5 * 60_000;
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

/** Kept for a while after it is over. */
interface PastTrouble extends Trouble {
  readonly isOver?: true;
}

interface Pause {
  readonly atMs: number;
  readonly pausedUntilMs: number;
  /** By which status it asked for it. */
  readonly status: number;
}

/** What is known of servers, by the way to them. */
interface Memory {
  readonly failures: Map<string, Failure>;
  readonly contacts: Map<string, Contact>;
  readonly troubles: Map<string, PastTrouble>;
  readonly pauses: Map<string, Pause>;
}

/** What came of a request. */
type Outcome =
  /** `reachedInMs`: undefined or no number: it was not measured. */
  | { readonly reachedInMs: number | undefined; readonly status?: number }
  | { readonly detail: string; readonly timedOut: boolean; readonly afterMs?: number };

export interface ReachabilityStore {
  recentFailure(way: string): string | undefined;
  connectLimitMs(way: string): number;
  pauseOf(way: string): Omit<Pause, 'atMs'> | undefined;
  /** Keeps it at once: other processes ask the same server meanwhile. */
  pause(way: string, pause: Omit<Pause, 'atMs'>): Promise<void>;
  note(way: string, outcome: Outcome): void;
  /** The last trouble with a server, over or not. */
  troubleOf(way: string): Trouble | undefined;
  /** Keeps what was noted, if it is news. */
  save(): Promise<void>;
  /** Forgets who could not be reached: a person has seen to it. */
  forgetFailures(): Promise<void>;
}

/**
 * Remembers across processes which servers could not be reached: one that is away is tried once in half a minute, not
 * once for each image. And how long connections took: a server that is far and well is given its time when others are away.
 * And which asked to be left alone, and when there was trouble last, after which renewals are spread.
 * @param cache our cache directory; null: it is remembered within this store only
 * @param sinceMs what was noted before counts for nothing, and is still kept; in ms since the epoch. A server that asked to be
 *   left alone is, all the same
 */
export function createReachability(
  cache: string | null,
  uid: number | undefined,
  nowMs: () => number,
  sinceMs = 0,
): ReachabilityStore {
  const path = `${cache}/unreachable.json`;
  const run = randomBytes(6).toString('hex');
  const read = () => readMemory(cache === null ? null : readPrivateFile(path, uid, 256 * 1024), nowMs());
  const { failures, contacts, troubles, pauses } = read();
  let news = false;
  const counts = ({ atMs }: Failure) => atMs >= sinceMs && isWithin(atMs, LEFT_ALONE_MS, nowMs());
  /** Since anybody answered the network is there, and who let the time run out before says nothing of others. */
  const timeouts = (): readonly Failure[] => {
    const answeredAtMs = Math.max(0, ...[...contacts.values()].map(({ atMs }) => atMs));
    return [...failures.values()].filter((each) => each.timedOut && counts(each) && each.atMs > answeredAtMs);
  };
  const noteTrouble = (way: string, atMs: number): void => {
    const before = troubles.get(way);
    const isSame = before !== undefined && before.isOver !== true && isWithin(before.atMs, TROUBLE_MS, atMs);
    troubles.set(way, { sinceMs: isSame ? before.sinceMs : atMs, atMs });
    news = true;
  };
  const save = async (): Promise<void> => {
    if (!news || cache === null) return;
    news = false;
    const text = JSON.stringify(entriesOf(merged({ failures, contacts, troubles, pauses }, read())));
    await writePrivateFile(path, text, uid, false);
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
    pauseOf: (way) => {
      const pause = pauses.get(way);
      return pause !== undefined && isPaused(pause, nowMs()) ? pause : undefined;
    },
    troubleOf: (way) => {
      const trouble = troubles.get(way);
      return trouble !== undefined && isWithin(trouble.atMs, TROUBLE_MS, nowMs()) ? trouble : undefined;
    },
    note: (way, outcome) => {
      const atMs = nowMs();
      if ('reachedInMs' in outcome) {
        const { reachedInMs, status = 200 } = outcome;
        const before = contacts.get(way)?.connectMs;
        const measuredMs = Math.round(reachedInMs ?? Number.NaN);
        const connectMs = Number.isFinite(measuredMs) ? measuredMs : (before ?? 0);
        const isOther = before === undefined || connectMs > 2 * before || before > 2 * connectMs;
        news = failures.delete(way) || isOther || timeouts().length > 0 || news;
        contacts.set(way, { atMs, connectMs });
        if (status >= 500 || status === 429) return noteTrouble(way, atMs);
        const trouble = troubles.get(way);
        if (trouble === undefined || trouble.isOver === true) return;
        troubles.set(way, { ...trouble, isOver: true });
        news = true;
      } else {
        const { detail, timedOut, afterMs = CONNECT_MS } = outcome;
        const isHasty = timedOut && afterMs < CONNECT_MS;
        failures.set(way, { atMs, detail, timedOut, run, ...(isHasty ? { isHasty } : {}) });
        news = true;
        if (!isHasty) noteTrouble(way, atMs);
      }
    },
    pause: async (way, pause) => {
      pauses.set(way, { ...pause, atMs: nowMs() });
      news = true;
      await save();
    },
    save,
    forgetFailures: async () => {
      failures.clear();
      if (cache === null) return;
      const kept = { ...merged({ failures, contacts, troubles, pauses }, read()), failures };
      await writePrivateFile(path, JSON.stringify(entriesOf(kept)), uid, false);
    },
  };
}

function isWithin(atMs: number, spanMs: number, nowMs: number): boolean {
  return nowMs >= atMs && nowMs - atMs < spanMs;
}

/** One that lies further ahead than any may was noted by another clock. */
function isPaused({ atMs, pausedUntilMs }: Pause, nowMs: number): boolean {
  return atMs <= nowMs && pausedUntilMs > nowMs && pausedUntilMs - nowMs <= LONGEST_PAUSE_MS;
}

function readMemory(text: string | null, nowMs: number): Memory {
  const memory: Memory = { failures: new Map(), contacts: new Map(), troubles: new Map(), pauses: new Map() };
  try {
    type Entry = Failure | Contact | PastTrouble | Pause;
    for (const [way, entry] of JSON.parse(text ?? '[]') as [string, Entry][]) {
      const isSince = (spanMs: number) => isWithin(entry.atMs, spanMs, nowMs);
      if ('connectMs' in entry && Number.isFinite(entry.connectMs) && isSince(REMEMBERED_MS))
        memory.contacts.set(way, entry);
      if ('detail' in entry && isSince(LEFT_ALONE_MS)) memory.failures.set(way, entry);
      if ('sinceMs' in entry && entry.sinceMs <= entry.atMs && isSince(TROUBLE_MS))
        memory.troubles.set(way, entry);
      if ('pausedUntilMs' in entry && isPaused(entry, nowMs)) memory.pauses.set(way, entry);
    }
  } catch {
    // Cut short by a full disk, or another version's: every server is worth a try.
  }
  return memory;
}

/** What this process noted, and what others did meanwhile: of each server, what is later. */
function merged(own: Memory, others: Memory): Memory {
  const later = <T extends { readonly atMs: number }>(mine: Map<string, T>, theirs: Map<string, T>) => {
    const both = new Map(theirs);
    for (const [way, entry] of mine) if (entry.atMs >= (both.get(way)?.atMs ?? 0)) both.set(way, entry);
    return both;
  };
  const contacts = later(own.contacts, others.contacts);
  const failures = later(own.failures, others.failures);
  for (const [way, { atMs }] of failures) {
    const answeredAtMs = contacts.get(way)?.atMs ?? 0;
    const isOwn = own.failures.get(way)?.atMs === atMs;
    if (answeredAtMs > atMs || (answeredAtMs === atMs && !isOwn)) failures.delete(way);
  }
  const pauses = later(own.pauses, others.pauses);
  return { failures, contacts, troubles: later(own.troubles, others.troubles), pauses };
}

function entriesOf({ failures, contacts, troubles, pauses }: Memory): readonly unknown[] {
  const latest = (map: ReadonlyMap<string, { readonly atMs: number }>) =>
    [...map].sort(([, a], [, b]) => b.atMs - a.atMs).slice(0, MOST_REMEMBERED);
  return [...failures, ...pauses, ...latest(troubles), ...latest(contacts)];
}
