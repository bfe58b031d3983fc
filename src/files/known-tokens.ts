import type { TokenKnowledge } from '../hosts/cached-answer.ts';
import { listRecords } from './list-answers.ts';

/**
 * What is known of the tokens that hosts were answered with.
 * @param cache our cache directory
 */
export function knownTokens(cache: string, uid: number | undefined): readonly TokenKnowledge[] {
  return listRecords(cache, uid).flatMap(({ token }) => token ?? []);
}
