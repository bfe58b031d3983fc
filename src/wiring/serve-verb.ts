import { writeAnswerOut } from '../files/hot-files.ts';
import { eraseDockerToken, storeDockerToken } from '../hosts/docker-tokens.ts';
import { type LogFields, logged } from '../process/log.ts';
import { place } from '../process/this-process.ts';
import { typedText } from '../protocol/read-typed-credential.ts';
import { type OtherVerb, serveOther } from '../protocol/serve-others.ts';
import { waitForStdin } from '../protocol/wait-for-stdin.ts';
import { isDockerToken } from '../registry/registry-host.ts';
import { createSession } from '../session/session.ts';
import { erase, listLogins, store } from '../session/store-and-erase.ts';

/** Every verb ends within 5 s, counted from the start of the process, as `get` does. */
const DEADLINE_MS = 4650;
/** When requests end, so that what follows from their end can still be said. */
const VERB_ENDS_MS = 4500;
/** When plugins and clusters have had their time in `store`, so that a keychain that hangs, too, can still be named. */
const CLUSTERS_END_MS = 3000;

const done = (): LogFields => ({ outcome: 'done' });

/** The protocol's `erase`, `list` and `store`. @returns the exit status */
export async function serveVerb(verb: OtherVerb): Promise<number> {
  const here = place();
  return serveOther(verb, {
    write: writeAnswerOut,
    listCredentials: () => listLogins(here),
    whyNotListed: async () => {
      const { secrets } = createSession(here, { untilMs: VERB_ENDS_MS });
      return (await secrets.unusable()).map(({ why }) => why);
    },
    onDeadline: (call) => {
      setTimeout(call, Math.max(0, DEADLINE_MS - performance.now()));
    },
    waitForStdin: async (limit, endsAtNewline) => {
      const bytes = await waitForStdin('', limit, endsAtNewline);
      if (typeof bytes !== 'string') return bytes;
      // What is no UTF-8 names no host to erase; a secret would be kept as another one.
      return endsAtNewline ? Buffer.from(bytes, 'latin1').toString() : typedText(bytes);
    },
    eraseCredential: (host) => {
      const session = createSession(here, { untilMs: VERB_ENDS_MS });
      const act = () =>
        isDockerToken(host) ? eraseDockerToken(host, session.secrets) : erase(host, session);
      return logged('erased', { host }, act, done);
    },
    storeCredential: (typed) => {
      const session = createSession(here, { untilMs: VERB_ENDS_MS });
      const act = () =>
        isDockerToken(typed.host)
          ? storeDockerToken(typed, session.secrets)
          : store(typed, session, createSession(here, { untilMs: CLUSTERS_END_MS }));
      return logged('stored', { host: typed.host }, act, done);
    },
  });
}
