import { kubeletsName } from '../files/answer-file.ts';
import { writeAnswerOut } from '../files/hot-files.ts';
import type { KeptWords } from '../files/keep-decision.ts';
import {
  LONGEST_PROVIDER_REQUEST,
  type ProviderRequest,
  providerResponse,
  refused,
} from '../kubelet/protocol.ts';
import { serveProvider } from '../kubelet/serve-provider.ts';
import { renewBehind } from '../process/front.ts';
import { exitLogged } from '../process/log.ts';
import { place, recall } from '../process/this-process.ts';
import { waitForStdin } from '../protocol/wait-for-stdin.ts';
import { decidePod } from '../session/facts.ts';
import { createSession } from '../session/session.ts';

/** As `get`, and so far within a kubelet's minute: in ms from the start of the process. */
const DEADLINE_MS = 4650;
/** When requests end, so that what follows from their end can still be said. */
const REQUESTS_END_MS = 4500;

/** What a kubelet calls. Ends the process. @param words that follow `kubelet provide`: there are none */
export function provide(words: readonly string[]): Promise<void> {
  const here = place();
  const session = createSession(here, { untilMs: REQUESTS_END_MS });
  return serveProvider({
    nowMs: Date.now,
    readAll: async () => {
      if (words.length > 0) throw refused('it takes no words besides');
      const bytes = await waitForStdin('', LONGEST_PROVIDER_REQUEST, false);
      if (typeof bytes !== 'string') throw refused('stdin is a terminal');
      return Buffer.from(bytes, 'latin1').toString();
    },
    recall: (request) => {
      const answer = isRepeatable(request) ? recall(kubeletsName(request.host), here) : null;
      return answer?.kind === 'said' ? answer : null;
    },
    decide: async (request) => {
      const { host } = request;
      const asked: KeptWords = {
        nameOf: kubeletsName,
        inWords: (answer, untilMs) => providerResponse(request, answer, untilMs),
      };
      const decision = await decidePod(host, request, session, isRepeatable(request) ? asked : undefined);
      const { answer, warnings, renewSoon, keep } = decision;
      return {
        answer,
        ...(warnings === undefined ? {} : { warnings }),
        keep: async () => {
          await keep();
          if (renewSoon === true) renewBehind(host);
        },
      };
    },
    write: writeAnswerOut,
    exit: exitLogged,
    onStrayFault: (call) => {
      process.on('uncaughtException', call);
      process.on('unhandledRejection', call);
    },
    onDeadline: (call) => {
      setTimeout(call, Math.max(0, DEADLINE_MS - performance.now()));
    },
  });
}

/** What is kept is the answer to the usual spelling, in the current version. */
function isRepeatable({ version, registry, host }: ProviderRequest): boolean {
  return version === 'v1' && registry === host;
}
