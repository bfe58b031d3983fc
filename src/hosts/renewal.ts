import { outlivesMargin } from './answer.ts';

/** A token that can be had anew, and its life, in ms since the epoch by this machine's clock. */
export interface Life {
  readonly startedAtMs: number;
  readonly expiresAtMs: number;
}

/**
 * What to do about a token that can be had anew:
 * `keep`: nothing; `soon`: answer it, and renew behind the engine's back; `now`: renew before answering, but answer it
 * all the same if that fails; `dead`: it can't be answered.
 */
export type RenewalState = 'keep' | 'soon' | 'now' | 'dead';

/**
 * At half of its life a token is renewed in the background; past three quarters in the foreground, since CI steps kill
 * what they leave behind.
 */
export function renewalState({ startedAtMs, expiresAtMs }: Life, nowMs: number): RenewalState {
  if (!outlivesMargin(expiresAtMs, nowMs)) return 'dead';
  const spent = (nowMs - startedAtMs) / (expiresAtMs - startedAtMs);
  if (spent >= 0.75) return 'now';
  return spent >= 0.5 ? 'soon' : 'keep';
}
