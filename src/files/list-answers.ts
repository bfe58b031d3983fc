import type { CachedAnswer, TokenKnowledge } from '../hosts/cached-answer.ts';
import { answersDirectory, readAnswerFile } from './answer-file.ts';
import { namesIn } from './read-regular-file.ts';

/**
 * Every registry host's record, whether it is still good or not, by host.
 * @param cache our cache directory
 */
export function listRecords(cache: string, uid: number | undefined): readonly CachedAnswer[] {
  const directory = answersDirectory(cache);
  return namesIn(directory)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => readAnswerFile(`${directory}/${name}`, uid) ?? []);
}

/**
 * The registry hosts that were last answered with a credential, and its user name.
 * @param cache our cache directory
 */
export function listAnswers(cache: string, uid: number | undefined): Record<string, string> {
  const usernames: Record<string, string> = {};
  for (const { host, answer } of listRecords(cache, uid)) {
    if (answer.kind === 'credential') usernames[host] = answer.username;
  }
  return usernames;
}

/**
 * The registry hosts that were last answered with no credential, for a reason. Of hosts that are nobody's nothing was said.
 * @param cache our cache directory
 */
export function listRefused(cache: string, uid: number | undefined): readonly string[] {
  return listRecords(cache, uid)
    .filter(({ answer }) => answer.kind === 'anonymous' && answer.reasons.length > 0)
    .map(({ host }) => host);
}

/**
 * What is known of the tokens that hosts were answered with.
 * @param cache our cache directory
 */
export function knownTokens(cache: string, uid: number | undefined): readonly TokenKnowledge[] {
  return listRecords(cache, uid).flatMap(({ token }) => token ?? []);
}
