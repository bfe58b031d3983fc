import type { Reason } from './reason.ts';
import type { SecretPlace } from './secret-store.ts';

/** `get` answers with a credential that the registry's cluster accepts … */
export interface CredentialAnswer {
  readonly kind: 'credential';
  /** Not empty, without a colon: engines and registries trip over both. */
  readonly username: string;
  readonly secret: string;
  /** When the token ends, in ms since the epoch; null: never, or not knowable. */
  readonly expiresAtMs: number | null;
  /** When its end is to be announced, in ms since the epoch: then it is asked about, and the person told. */
  readonly warnAfterMs?: number;
  /** Neither the cluster nor the registry could say whether it is good, or what comes before it could not be had. */
  readonly unchecked?: true;
}

/** … or tells the engine to go on anonymously. */
export interface AnonymousAnswer {
  readonly kind: 'anonymous';
  /** Why, for a person; none for a host that is not ours to speak of. */
  readonly reasons: readonly Reason[];
}

export type Answer = CredentialAnswer | AnonymousAnswer;

/** What is cached of a credential that a person stored: its secret stays where it lies, and is read from there. */
export interface KeptAnswer extends Omit<CredentialAnswer, 'kind' | 'secret'> {
  readonly kind: 'kept';
  /** Which secret it is, and where; see `StoredLogin`. */
  readonly id: string;
  readonly where: SecretPlace;
}

/** An answer in the protocol's words, as it is repeated; each text is one line without its newline. */
export interface SaidAnswer {
  readonly kind: 'said';
  readonly status: 0 | 1;
  readonly out: string;
  /** Empty: nothing is said on stderr. */
  readonly err: string;
}

/** The least that a token must have left to live: an engine still has to get to the registry with it. */
export const MARGIN_MS = 60_000;
/** A credential whose last check is older is checked again. */
const CREDENTIAL_GOOD_FOR_MS = 5 * 60_000;
/** What is anonymous or unchecked is asked again sooner: a login, or the end of an outage, should show at once. */
const OTHERS_GOOD_FOR_MS = 30_000;

/**
 * Whether a token's end is far enough away.
 * @param expiresAtMs ms since the epoch; null: it has no known end
 * @param nowMs ms since the epoch
 */
export function outlivesMargin(expiresAtMs: number | null, nowMs: number): boolean {
  return expiresAtMs === null || expiresAtMs - nowMs > MARGIN_MS;
}

/**
 * Until when an answer may be given without asking again.
 * @param checkedAtMs when it was decided, in ms since the epoch
 * @returns ms since the epoch; NaN where a time is no number
 */
export function usableUntilMs(answer: Answer | KeptAnswer, checkedAtMs: number): number {
  if (answer.kind === 'anonymous') return checkedAtMs + OTHERS_GOOD_FOR_MS;
  const { unchecked, warnAfterMs, expiresAtMs } = answer;
  const ends = [checkedAtMs + (unchecked === true ? OTHERS_GOOD_FOR_MS : CREDENTIAL_GOOD_FOR_MS)];
  if (warnAfterMs !== undefined) ends.push(warnAfterMs);
  if (expiresAtMs !== null) ends.push(expiresAtMs - MARGIN_MS);
  return Math.floor(Math.min(...ends));
}
