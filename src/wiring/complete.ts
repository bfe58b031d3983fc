import { completionLines, complete as offersFor } from '../commands/complete.ts';
import { printer } from '../process/terminal.ts';
import { place } from '../process/this-process.ts';
import { allHosts } from '../session/known-hosts.ts';
import { createSession } from '../session/session.ts';

/** What a shell asks while a command is typed; says nothing that it can't find out. @returns the exit status */
export async function complete(words: string[]): Promise<number> {
  const here = place();
  const offers = await offersFor(words, {
    hosts: async () => (await allHosts(createSession(here))).hosts,
    contexts: async () => {
      const { identities } = await createSession(here).identities();
      return [...new Set(identities.all.flatMap(({ context }) => context ?? []))];
    },
  });
  for (const line of completionLines(offers)) printer.print(line);
  return 0;
}
