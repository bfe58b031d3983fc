import type { TokenWords } from './check-token.ts';
import { durationInWords } from './clock.ts';
import type { Reason } from './reason.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** How long before its end a person's token is announced, first to last. */
const STAGES_MS = [7 * DAY_MS, DAY_MS];

/**
 * When the end of a person's token is announced next. A token that never lived long enough for a stage skips it: a
 * login of 24 hours is not announced the moment it is made.
 * @param lifeMs its whole life; undefined: not known, and then taken for long
 * @param nowMs announcements before this moment are over
 * @returns ms since the epoch; undefined: only its end remains
 */
export function nextAnnouncementMs(
  expiresAtMs: number,
  lifeMs: number | undefined,
  nowMs: number,
): number | undefined {
  return STAGES_MS.filter((stage) => lifeMs === undefined || lifeMs >= 2 * stage)
    .map((stage) => expiresAtMs - stage)
    .find((atMs) => atMs > nowMs);
}

/**
 * Whether an announcement is due that was not made yet.
 * @param announcedAtMs when the last one was made; undefined: none was
 */
export function announcementIsDue(
  expiresAtMs: number,
  lifeMs: number | undefined,
  announcedAtMs: number | undefined,
  nowMs: number,
): boolean {
  if (expiresAtMs <= nowMs) return false;
  const next = nextAnnouncementMs(expiresAtMs, lifeMs, announcedAtMs ?? Number.NEGATIVE_INFINITY);
  return next !== undefined && next <= nowMs;
}

/**
 * Whether a person's login ends soon, or has ended, for whoever asks about it at any time: from seven days before its end, so that
 * who sits at the machine once a week misses none. One of a shorter life does in the second half of that: a login of 24 hours that
 * was just made does not end soon.
 * @param lifeMs its whole life; undefined: not known, and then taken for long
 */
export function endsSoon(expiresAtMs: number, lifeMs: number | undefined, nowMs: number): boolean {
  return expiresAtMs - nowMs <= Math.min(7 * DAY_MS, (lifeMs ?? Number.POSITIVE_INFINITY) / 2);
}

/** @returns `Your login to CLUSTER ends in 3 days`, with the command that renews it */
export function announcement({ phrase, fix }: TokenWords, expiresAtMs: number, nowMs: number): Reason {
  return { code: 'ends-soon', why: `${phrase} ends in ${durationInWords(expiresAtMs - nowMs)}`, fix };
}
