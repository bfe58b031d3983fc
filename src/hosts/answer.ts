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
 * Whether an answer may be given without asking again.
 * @param answer what was decided
 * @param checkedAtMs when it was decided, in ms since the epoch
 * @param nowMs ms since the epoch; a time before `checkedAtMs` means that the clock was set back, and nothing is known
 */
export function isUsable(answer: Answer | KeptAnswer, checkedAtMs: number, nowMs: number): boolean {
  const age = nowMs - checkedAtMs;
  if (!(age >= 0)) return false;
  if (answer.kind === 'anonymous') return age < OTHERS_GOOD_FOR_MS;
  const goodForMs = answer.unchecked === true ? OTHERS_GOOD_FOR_MS : CREDENTIAL_GOOD_FOR_MS;
  if (answer.warnAfterMs !== undefined && nowMs >= answer.warnAfterMs) return false;
  return age < goodForMs && outlivesMargin(answer.expiresAtMs, nowMs);
}
