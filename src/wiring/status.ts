import { loginOf } from '../commands/status/host-status.ts';
import { runStatus } from '../commands/status/run-status.ts';
import { hostsOfOurs, namedHelpers } from '../engines/other-helpers.ts';
import { cacheDirectory, type Place, stateDirectory } from '../files/directories.ts';
import { listRefused } from '../files/list-answers.ts';
import { listSignOuts } from '../files/sign-outs.ts';
import { AppError, describeError } from '../hosts/reason.ts';
import { printer } from '../process/terminal.ts';
import { place } from '../process/this-process.ts';
import { drawsBlocks, terminal } from '../process/this-terminal.ts';
import { resolveByFiles } from './host-ports.ts';
import { knownHosts } from './renew.ts';
import { renewHost } from './renew-host.ts';
import { createSession, type Session } from './session.ts';
import { overridesHere } from './who-asks-helper.ts';

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
    hosts: () => allHosts(here),
    login: async (host) => {
      // Made when all checks are done: what they found is in the files by then. No request is ever made by it.
      session ??= createSession(here, 0);
      overrides ??= overridesHere(here);
      const { resolution } = await resolveByFiles(host, session);
      return loginOf({ ...resolution, overrides: (await overrides)(host) });
    },
    check: (host) => renewHost(host, here, true),
  });
}

/** Every host that `status` shows, and what is wrong with the files that name them. */
export async function allHosts(here: Place) {
  const known = await knownHosts(here);
  const cache = cacheDirectory(here);
  const state = stateDirectory(here);
  const problems = [...known.problems];
  const asked: string[] = [];
  try {
    asked.push(...hostsOfOurs(await namedHelpers(here)));
  } catch (error) {
    // A broken file of an engine hides hosts that it may name, and nothing else.
    if (!(error instanceof AppError)) throw error;
    problems.push(describeError(error));
  }
  const refused = cache === null ? [] : listRefused(cache, here.uid);
  const signedOut = state === null ? [] : listSignOuts(state);
  const { secrets } = createSession(here, 0);
  const stored = [...secrets.list(), ...(await secrets.unusable())];
  const others = [...refused, ...stored.map(({ host }) => host)];
  return {
    hosts: [...new Set([...known.hosts, ...others, ...asked, ...signedOut])].sort(),
    problems,
  };
}
