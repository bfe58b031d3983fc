import type { CachedAnswer, TokenKnowledge } from '../hosts/cached-answer.ts';
import { clockShiftMs } from '../hosts/clock.ts';
import { moment } from './this-process.ts';

/**
 * When a token ends by what was learnt of it, in ms since the epoch by the clock of now.
 * @param record where that lies
 * @returns null: never; undefined: it is not known
 */
export function knownEndMs(
  known: TokenKnowledge | undefined,
  record: CachedAnswer | undefined,
): number | null | undefined {
  const end = known?.expiresAtMs;
  return typeof end === 'number' && record !== undefined
    ? end + clockShiftMs(record.checkedAt, moment())
    : end;
}
