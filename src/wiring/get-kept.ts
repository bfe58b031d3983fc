import type { Place } from '../files/directories.ts';
import { writeAnswerOut } from '../files/hot-files.ts';
import type { KeptAnswer } from '../hosts/answer.ts';
import type { SecretFault } from '../hosts/secret-store.ts';
import { readKept } from '../keychain/read-kept.ts';
import { writeNoCoreFiles } from '../process/core-files.ts';
import { exit } from '../process/this-process.ts';
import { within } from '../process/within.ts';
import { requestedHost, requestedText, writeAnswer } from '../protocol/serve-get.ts';

/** When the slow way is gone, from the start of the process: it then has the time for another token. */
const READ_BY_MS = 2500;
/** The net under a keychain that keeps no time of its own. */
const LATE: SecretFault = {
  kind: 'hanging',
  message: 'the keychain does not answer',
  fix: { do: 'See whether it waits for you on your screen, and try again.' },
};

/** `get` of a login that a person stored, and that was found good a moment ago: its secret is read, and answered. */
export async function getKept(bytes: string, kept: KeptAnswer, here: Place): Promise<void> {
  writeNoCoreFiles();
  const reading = readKept(requestedHost(bytes) ?? '', kept, here);
  const read = await within(READ_BY_MS - performance.now(), reading, { fault: LATE });
  if ('answer' in read) {
    exit(writeAnswer(requestedText(bytes), read.answer, { write: writeAnswerOut }));
    return;
  }
  const { getSlowly } = await import('./get-slowly.ts');
  await getSlowly(bytes, true, read.fault);
}
