import { outlivesMargin } from './answer.ts';

/** A token that can be had anew, and its life, in ms since the epoch by this machine's clock. */
export interface Life {
  readonly startedAtMs: number;
  readonly expiresAtMs: number;
}

/** That a server could not be reached, failed, or asked to be left alone; in ms since the epoch. */
export interface Trouble {
  /** The first time since it last answered as it should. */
  readonly sinceMs: number;
  /** The last time that is known of. */
  readonly atMs: number;
}

/**
 * When in its time a machine renews a token, so that the machines of a fleet don't all do it at once. Both numbers are in
 * [0, 1), other ones on each machine for each token, and always the same.
 */
export interface Pace {
  /** Where in the usual window. */
  readonly share: number;
  /** Where in the time that is left after trouble. */
  readonly shareAfter: number;
  /** The last trouble with the cluster that gives the token; undefined: none is remembered. */
  readonly trouble: Trouble | undefined;
}

/** Whoever renews as soon as it may be done, whatever others do. */
export const AT_HALF: Pace = { share: 0, shareAfter: 0, trouble: undefined };

/**
 * What to do about a token that can be had anew:
 * `keep`: nothing; `soon`: answer it, and renew behind the engine's back; `now`: renew before answering, but answer it
 * all the same if that fails; `dead`: it can't be answered.
 */
export type RenewalState = 'keep' | 'soon' | 'now' | 'dead';

/** In parts of a token's life: from when to when renewals behind the engine's back begin, … */
const FIRST = 0.5;
const LAST = 0.7;
/** … and from when on a renewal is made in the foreground, since CI steps kill what they leave behind. */
const FOREGROUND = 0.75;
/** From then on no trouble delays another try: a cluster may fail checks and still mint. */
const LAST_TRIES = 0.98;
/** What is waited for after trouble, at the most: so many times as long as it lasted, and at least this. */
const TIMES_TROUBLE = 4;
const LEAST_SPREAD_MS = 2 * 60_000;
/** From which part of that on machines come: docs/fleet.md has what it was found by. */
const AFTER_TROUBLE = 0.6;

/** What is to be done about a token, now. */
export function renewalState(life: Life, nowMs: number, pace: Pace = AT_HALF): RenewalState {
  const { startedAtMs, expiresAtMs } = life;
  if (!outlivesMargin(expiresAtMs, nowMs)) return 'dead';
  if (nowMs < renewalDueMs(life, pace)) return 'keep';
  return nowMs - startedAtMs >= FOREGROUND * (expiresAtMs - startedAtMs) ? 'now' : 'soon';
}

/**
 * When a token is to be renewed, in ms since the epoch; a pull that finds it dead renews it at once, whatever this says.
 *
 * After trouble everybody whose token came due meanwhile would come at once, and those whose tokens come due as usual come
 * besides. So each machine that saw it waits for a moment of its own in the later part of the time that its token still has
 * (less, if the trouble was short). Whoever has least time comes first, and all together come little more often than usual.
 */
export function renewalDueMs(
  { startedAtMs, expiresAtMs }: Life,
  { share, shareAfter, trouble }: Pace,
): number {
  const lifeMs = expiresAtMs - startedAtMs;
  const usualMs = startedAtMs + (FIRST + (LAST - FIRST) * share) * lifeMs;
  if (trouble === undefined || trouble.atMs < startedAtMs) return usualMs;
  const lastMs = startedAtMs + LAST_TRIES * lifeMs;
  const spreadMs = Math.max(LEAST_SPREAD_MS, TIMES_TROUBLE * (trouble.atMs - trouble.sinceMs));
  const leftMs = Math.min(lastMs - trouble.atMs, spreadMs);
  return leftMs <= 0
    ? usualMs
    : Math.max(usualMs, trouble.atMs + (AFTER_TROUBLE + (1 - AFTER_TROUBLE) * shareAfter) * leftMs);
}
