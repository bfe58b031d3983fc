import { readdirSync } from 'node:fs';
import { answersDirectory, readAnswerFile } from './answer-file.ts';

/**
 * The registry hosts that were last answered with a credential, and its user name.
 * @param cache our cache directory
 */
export function listAnswers(cache: string, uid: number | undefined): Record<string, string> {
  const directory = answersDirectory(cache);
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch {
    // Nothing was answered yet.
    return {};
  }
  const found: Record<string, string> = {};
  for (const name of names.sort()) {
    const record = readAnswerFile(`${directory}/${name}`, uid);
    if (record?.answer.kind === 'credential') found[record.host] = record.answer.username;
  }
  return found;
}
