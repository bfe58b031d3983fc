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
import { onDeadline, onStrayFault, REQUESTS_END_MS } from '../process/call-limits.ts';
import { exitLogged } from '../process/log.ts';
import { place, recall } from '../process/this-process.ts';
import { waitForStdin } from '../protocol/wait-for-stdin.ts';
import { renewingBehind } from '../session/engine-answer.ts';
import { decidePod } from '../session/facts.ts';
import { createSession } from '../session/session.ts';

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
      const kept = isRepeatable(request) ? asked : undefined;
      return renewingBehind(host, await decidePod(host, request, session, kept));
    },
    write: writeAnswerOut,
    exit: exitLogged,
    onStrayFault,
    onDeadline,
  });
}

/** What is kept is the answer to the usual spelling, in the current version. */
function isRepeatable({ version, registry, host }: ProviderRequest): boolean {
  return version === 'v1' && registry === host;
}
