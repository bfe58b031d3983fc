import type { CachedAnswer } from '../hosts/cached-answer.ts';
import { writePrivateFile } from './write-private-file.ts';

/**
 * Keeps a registry host's record for the next `get`. A token is kept here no less safely than in the kubeconfig
 * it came from: 0600, in a 0700 directory of ours.
 * @param path as `answerFile` gives it
 */
export async function saveAnswer(path: string, record: CachedAnswer, uid: number | undefined): Promise<void> {
  await writePrivateFile(path, JSON.stringify(record), uid, false);
}
