import type { KeptAnswer } from '../credential/answer.ts';
import { requestedHost, requestedText, writeAnswer } from '../protocol/serve-get.ts';
import type { Place } from '../storage/directories.ts';
import { writeOut } from '../storage/hot-files.ts';
import { readKept } from './read-kept.ts';
import { exit } from './this-process.ts';

/** `get` of a login that a person stored, and that was found good a moment ago: its secret is read, and answered. */
export async function getKept(bytes: string, kept: KeptAnswer, here: Place): Promise<void> {
  const read = await readKept(requestedHost(bytes) ?? '', kept, here);
  if ('answer' in read) {
    exit(writeAnswer(requestedText(bytes), read.answer, { write: writeOut }));
    return;
  }
  const { getSlowly } = await import('./get-slowly.ts');
  await getSlowly(bytes, true, read.fault);
}
