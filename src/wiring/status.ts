import { overridesHere } from '../commands/doctor/lookup.ts';
import { renewHost } from '../commands/renew/renew-outcome.ts';
import { loginOf } from '../commands/status/host-status.ts';
import { runStatus } from '../commands/status/run-status.ts';
import { printer } from '../process/terminal.ts';
import { place } from '../process/this-process.ts';
import { drawsBlocks, terminal } from '../process/this-terminal.ts';
import { resolveByFiles } from '../session/facts.ts';
import { allHosts } from '../session/known-hosts.ts';
import { createSession, type Session } from '../session/session.ts';

/** @returns the exit status */
export function status(args: string[]): Promise<number> {
  const here = place();
  let session: Session | undefined;
  let overrides: ReturnType<typeof overridesHere> | undefined;
  return runStatus(args, {
    ...printer,
    terminal: terminal(here.env),
    bars: drawsBlocks(here.platform, here.env) ? 'unicode' : 'ascii',
    nowMs: Date.now,
    hosts: () => allHosts(createSession(here)),
    login: async (host) => {
      // Made when all checks are done: what they found is in the files by then. No request is ever made by it.
      session ??= createSession(here);
      overrides ??= overridesHere(here);
      const { resolution } = await resolveByFiles(host, session);
      return loginOf({ ...resolution, overrides: (await overrides)(host) });
    },
    check: (host) => renewHost(host, here, true),
  });
}
