import { writeAnswerOut } from '../files/hot-files.ts';
import type { SecretFault } from '../hosts/secret-store.ts';
import { onDeadline, onStrayFault, REQUESTS_END_MS } from '../process/call-limits.ts';
import { writeNoCoreFiles } from '../process/core-files.ts';
import { exitLogged, log, logStart } from '../process/log.ts';
import { place, recall } from '../process/this-process.ts';
import { LONGEST_REQUEST } from '../protocol/serve-get.ts';
import { serveGetSlowly } from '../protocol/serve-get-slowly.ts';
import { waitForStdin } from '../protocol/wait-for-stdin.ts';
import { engineAnswer } from '../session/engine-answer.ts';
import { answerFields } from '../session/log-events.ts';
import { createSession } from '../session/session.ts';

/**
 * `get` when nothing usable is cached.
 * @param keychainFault why the secret of a stored login could not be read a moment ago
 */
export function getSlowly(bytesSoFar: string, complete: boolean, keychainFault?: SecretFault): Promise<void> {
  writeNoCoreFiles();
  logStart('get');
  const session = createSession(place(), { untilMs: REQUESTS_END_MS });
  return serveGetSlowly(bytesSoFar, complete, {
    waitForStdin: (soFar) => waitForStdin(soFar, LONGEST_REQUEST, true),
    recall: (host) => (keychainFault === undefined ? recall(host, session.here) : null),
    decide: (host) => engineAnswer(host, session, keychainFault),
    write: writeAnswerOut,
    exit: exitLogged,
    noteAnswer: (answer) => log('info', 'answered', answerFields(answer)),
    onStrayFault,
    onDeadline,
  });
}
