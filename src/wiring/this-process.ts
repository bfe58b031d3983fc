import type { Answer, KeptAnswer } from '../credential/answer.ts';
import { answerEnvironment, isStillGood } from '../credential/cached-answer.ts';
import type { Moment } from '../credential/clock.ts';
import { answerFile, readAnswerFile } from '../storage/answer-file.ts';
import { cacheDirectory, type Place } from '../storage/directories.ts';
import { stampOf, uptimeMs } from '../storage/hot-files.ts';

/** Where this process stands. */
export function place(): Place {
  return { platform: process.platform, env: process.env, uid: process.geteuid?.() };
}

/**
 * Ends the process at once. `process.exit` would run handlers and wait for streams that nothing was written to;
 * both runtimes have this function below it.
 */
export function exit(status: number): void {
  (process as unknown as { reallyExit(status: number): void }).reallyExit(status);
}

/** The working directory; empty if it was deleted. */
export function workingDirectory(): string {
  try {
    return process.cwd();
  } catch {
    // ENOENT: engines may be started from a directory that is gone.
    return '';
  }
}

/** This moment, by both clocks. */
export function moment(): Moment {
  return { wallMs: Date.now(), uptimeMs: uptimeMs() };
}

/** What is cached for a host, if it still holds. */
export function recall(host: string, here: Place): Answer | KeptAnswer | null {
  // A token that came in the environment is kept nowhere.
  if (here.env.DOCKER_CREDENTIAL_OPENSHIFT_TOKEN) return null;
  const cache = cacheDirectory(here);
  const record = cache === null ? null : readAnswerFile(answerFile(cache, host), here.uid);
  const environment = answerEnvironment(here.env, here.uid, workingDirectory);
  const now = { host, environment, moment: moment(), stampOf };
  return record !== null && isStillGood(record, now) ? record.answer : null;
}
