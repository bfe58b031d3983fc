import type { Answer } from '../credential/answer.ts';
import { answerEnvironment, isStillGood } from '../credential/cached-answer.ts';
import type { Moment } from '../credential/clock.ts';
import { type GetPorts, writeAnswer } from '../protocol/serve-get.ts';
import { answerFile, readAnswerFile } from '../storage/answer-file.ts';
import { cacheDirectory, type Place } from '../storage/directories.ts';
import { readStdinAtOnce, stampOf, writeOut } from '../storage/hot-files.ts';
import { uptimeMs } from '../storage/uptime.ts';

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

/** What `get` needs while a cached answer serves: nothing else is loaded until one does not. */
export function getPorts(): GetPorts {
  const here = place();
  return {
    readStdinAtOnce,
    write: writeOut,
    exit,
    recall: (host) => recall(host, here),
    getSlowly: (bytesSoFar, complete) => {
      void import('./get-slowly.ts')
        .then(({ getSlowly }) => getSlowly(bytesSoFar, complete))
        .catch(failLoading);
    },
  };
}

/** No memory or descriptors left, a part of the program gone: the last net of `get`, when even its own is out of reach. */
function failLoading(): void {
  exit(writeAnswer('', { kind: 'anonymous', reason: 'it could not be started' }, { write: writeOut }));
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
export function recall(host: string, here: Place): Answer | null {
  // A token that came in the environment is kept nowhere.
  if (here.env.DOCKER_CREDENTIAL_OPENSHIFT_TOKEN) return null;
  const cache = cacheDirectory(here);
  const record = cache === null ? null : readAnswerFile(answerFile(cache, host), here.uid);
  const environment = answerEnvironment(here.env, here.uid, workingDirectory);
  const now = { host, environment, moment: moment(), stampOf };
  return record !== null && isStillGood(record, now) ? record.answer : null;
}
