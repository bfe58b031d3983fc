import { writeAnswerOut } from '../files/hot-files.ts';
import { dockerToken } from '../hosts/docker-tokens.ts';
import type { SecretFault } from '../hosts/secret-store.ts';
import { readKept } from '../keychain/read-kept.ts';
import { writeNoCoreFiles } from '../process/core-files.ts';
import { renewBehind } from '../process/front.ts';
import { exitLogged, log, logStart } from '../process/log.ts';
import { place, recall } from '../process/this-process.ts';
import { LONGEST_REQUEST } from '../protocol/serve-get.ts';
import { type SlowAnswer, serveGetSlowly } from '../protocol/serve-get-slowly.ts';
import { waitForStdin } from '../protocol/wait-for-stdin.ts';
import { isDockerToken } from '../registry/registry-host.ts';
import { decide } from '../session/facts.ts';
import { answerFields } from '../session/log-events.ts';
import { createSession, type Session } from '../session/session.ts';

/** `get` ends within 5 s, counted from the start of the process. */
const DEADLINE_MS = 4650;
/** When requests end, so that what follows from their end can still be said. */
const REQUESTS_END_MS = 4500;

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
    recall: (host) => {
      const answer = keychainFault === undefined ? recall(host, session.here) : null;
      return answer?.kind === 'kept' ? null : answer;
    },
    decide: async (host) => {
      if (isDockerToken(host))
        return { answer: await dockerToken(host, session.secrets), keep: async () => {} };
      const kept = keychainFault === undefined ? recall(host, session.here) : null;
      if (kept?.kind !== 'kept') return decideSlowly(host, session, keychainFault);
      const read = await readKept(host, kept, session.here);
      return 'answer' in read ? { ...read, keep: async () => {} } : decideSlowly(host, session, read.fault);
    },
    write: writeAnswerOut,
    exit: exitLogged,
    noteAnswer: (answer) => log('info', 'answered', answerFields(answer)),
    onStrayFault: (call) => {
      process.on('uncaughtException', call);
      process.on('unhandledRejection', call);
    },
    onDeadline: (call) => {
      setTimeout(call, Math.max(0, DEADLINE_MS - performance.now()));
    },
  });
}

async function decideSlowly(
  host: string,
  session: Session,
  keychainFault: SecretFault | undefined,
): Promise<SlowAnswer> {
  const { answer, warnings, renewSoon, keep } = await decide(host, session, keychainFault);
  return {
    answer,
    ...(warnings === undefined ? {} : { warnings }),
    keep: async () => {
      await keep();
      if (renewSoon !== true) return;
      log('info', 'renewal-started', { host });
      renewBehind(host);
    },
  };
}
