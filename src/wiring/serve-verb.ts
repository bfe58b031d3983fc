import { writeAnswerOut } from '../files/hot-files.ts';
import { once } from '../hosts/once.ts';
import { onDeadline, REQUESTS_END_MS } from '../process/call-limits.ts';
import { type LogFields, logged } from '../process/log.ts';
import { place } from '../process/this-process.ts';
import { typedText } from '../protocol/read-typed-credential.ts';
import { type OtherVerb, serveOther } from '../protocol/serve-others.ts';
import { waitForStdin } from '../protocol/wait-for-stdin.ts';
import { createSession } from '../session/session.ts';
import { erase, listLogins, store } from '../session/store-and-erase.ts';

/** When plugins and clusters have had their time in `store`, so that a keychain that hangs, too, can still be named. */
const CLUSTERS_END_MS = 3000;

const done = (): LogFields => ({ outcome: 'done' });

/** The protocol's `erase`, `list` and `store`. @returns the exit status */
export async function serveVerb(verb: OtherVerb): Promise<number> {
  const here = place();
  const session = once(() => createSession(here, { untilMs: REQUESTS_END_MS }));
  return serveOther(verb, {
    write: writeAnswerOut,
    listCredentials: () => listLogins(here),
    whyNotListed: async () => (await session().secrets.unusable()).map(({ why }) => why),
    onDeadline,
    waitForStdin: async (limit, endsAtNewline) => {
      const bytes = await waitForStdin('', limit, endsAtNewline);
      if (typeof bytes !== 'string') return bytes;
      // What is no UTF-8 names no host to erase; a secret would be kept as another one.
      return endsAtNewline ? Buffer.from(bytes, 'latin1').toString() : typedText(bytes);
    },
    eraseCredential: (host) => logged('erased', { host }, () => erase(host, session()), done),
    storeCredential: (typed) => {
      const asking = createSession(here, { untilMs: CLUSTERS_END_MS });
      return logged('stored', { host: typed.host }, () => store(typed, session(), asking), done);
    },
  });
}
