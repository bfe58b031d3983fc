import type { CachedAnswer } from '../hosts/cached-answer.ts';
import { inJson } from '../hosts/reason.ts';
import { writePrivateFile } from './write-private-file.ts';

/**
 * Keeps a registry host's record for the next `get`. A token is kept here no less safely than in the kubeconfig
 * it came from: 0600, in a 0700 directory of ours.
 * Its reasons are kept as they may be printed.
 * @param path as `answerFile` gives it
 */
export async function saveAnswer(path: string, record: CachedAnswer, uid: number | undefined): Promise<void> {
  const { answer } = record;
  const fit = answer.kind === 'anonymous' ? { ...answer, reasons: answer.reasons.map(inJson) } : answer;
  await writePrivateFile(path, JSON.stringify({ ...record, answer: fit }), uid, false);
}
