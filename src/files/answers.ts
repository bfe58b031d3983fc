import { randomBytes } from 'node:crypto';
import { rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { CachedAnswer, TokenKnowledge } from '../hosts/cached-answer.ts';
import type { Moment } from '../hosts/clock.ts';
import { inJson } from '../hosts/reason.ts';
import {
  answerFile,
  answersDirectory,
  keyFile,
  kubeletsName,
  readAnswerFile,
  readKey,
  readyFile,
} from './answer-file.ts';
import { keptTokenFile, readKeptToken } from './kept-tokens.ts';
import { writePrivateFile } from './private-directory.ts';
import { namesIn } from './read-regular-file.ts';
import { isLeftover, removeFile } from './remove-file.ts';

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

const DAY_MS = 24 * 3_600_000;
/** Answers that are used are written anew every five minutes, clusters' words every time one is asked. */
const LONGEST_UNUSED_MS = 30 * DAY_MS;

/**
 * Removes what nothing will use again: answers and clusters' words of more than 30 days, plugins' failures and what
 * writers of answers left behind when they were killed of more than a day, tokens past their end.
 * @param cache our cache directory; null: there is none
 */
export function pruneCache(cache: string | null, uid: number | undefined, now: Moment): void {
  if (cache === null) return;
  const isOlderThan = (ageMs: number) => (path: string) => now.wallMs - statSync(path).mtimeMs > ageMs;
  // A token may be in what a writer that was killed left there.
  remove(answersDirectory(cache), (path) => isOlderThan(isLeftover(path) ? DAY_MS : LONGEST_UNUSED_MS)(path));
  remove(`${cache}/claims`, isOlderThan(LONGEST_UNUSED_MS));
  remove(`${cache}/failures`, isOlderThan(DAY_MS));
  remove(dirname(keptTokenFile(cache, 'key')), (path) => {
    const kept = readKeptToken(path, uid, now);
    // No token is kept that lasts much longer than a day, so that what can't be made out is over by then.
    return kept === undefined ? isOlderThan(2 * DAY_MS)(path) : kept.expiresAtMs <= now.wallMs;
  });
}

function remove(directory: string, isOver: (path: string) => boolean): void {
  for (const name of namesIn(directory)) {
    const path = `${directory}/${name}`;
    try {
      if (isOver(path)) rmSync(path);
    } catch {
      // Removed meanwhile by another process, or not ours to remove: what is left is looked at again next time.
    }
  }
}

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
  await saveReady(cache, host, ready, uid);
}

/**
 * Keeps what may be repeated.
 * @param name a registry host, or what a kubelet's answer for it is kept as
 * @param ready as `formatReady` gives it; undefined: nothing may be repeated
 */
export async function saveReady(
  cache: string,
  name: string,
  ready: string | undefined,
  uid: number | undefined,
): Promise<void> {
  if (ready === undefined) await removeFile(readyFile(cache, name));
  else await writePrivateFile(readyFile(cache, name), ready, uid, false);
}

/** Drops what is kept of a registry host's answer. @throws AppError if a file can't be removed */
export async function removeAnswer(cache: string, host: string): Promise<void> {
  await removeFile(readyFile(cache, kubeletsName(host)));
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
