import { randomBytes } from 'node:crypto';
import type { CachedAnswer } from '../hosts/cached-answer.ts';
import { inJson } from '../hosts/reason.ts';
import { answerFile, keyFile, readKey, readyFile } from './answer-file.ts';
import { writePrivateFile } from './private-directory.ts';
import { removeFile } from './remove-file.ts';

/**
 * Keeps what was answered for a registry host for later decisions, and what may be repeated of it for the next `get`. A
 * token is kept here no less safely than in the kubeconfig it came from: 0600, in a 0700 directory of ours.
 * Its reasons are kept as they may be printed.
 * @param ready as `formatReady` gives it; undefined: nothing may be repeated
 */
export async function saveAnswer(
  cache: string,
  record: CachedAnswer,
  ready: string | undefined,
  uid: number | undefined,
): Promise<void> {
  const { answer, host } = record;
  const fit = answer.kind === 'anonymous' ? { ...answer, reasons: answer.reasons.map(inJson) } : answer;
  await writePrivateFile(answerFile(cache, host), JSON.stringify({ ...record, answer: fit }), uid, false);
  if (ready === undefined) await removeFile(readyFile(cache, host));
  else await writePrivateFile(readyFile(cache, host), ready, uid, false);
}

/** Drops what is kept of a registry host's answer. @throws AppError if a file can't be removed */
export async function removeAnswer(cache: string, host: string): Promise<void> {
  await removeFile(readyFile(cache, host));
  await removeFile(answerFile(cache, host));
}

/**
 * The key of this user's digests, made if there is none yet: two that make one at once have the answers of one of them
 * asked for anew.
 * @returns null: it can't be kept
 */
export async function makeKey(cache: string, uid: number | undefined): Promise<string | null> {
  const key = readKey(cache, uid);
  if (key !== null) return key;
  await writePrivateFile(keyFile(cache), `${randomBytes(16).toString('hex')}\n`, uid, false);
  return readKey(cache, uid);
}
