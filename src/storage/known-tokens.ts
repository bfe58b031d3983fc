import { readdirSync } from 'node:fs';
import type { TokenKnowledge } from '../credential/cached-answer.ts';
import { answersDirectory, readAnswerFile } from './answer-file.ts';

/**
 * What is known of the tokens that hosts were answered with.
 * @param cache our cache directory
 */
export function knownTokens(cache: string, uid: number | undefined): readonly TokenKnowledge[] {
  const directory = answersDirectory(cache);
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch {
    // Nothing was answered yet.
    return [];
  }
  return names.flatMap((name) => readAnswerFile(`${directory}/${name}`, uid)?.token ?? []);
}
