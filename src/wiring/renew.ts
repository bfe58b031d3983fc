import { isatty } from 'node:tty';
import { repairHere } from '../commands/renew/overriding-logins.ts';
import { renewHost } from '../commands/renew/renew-outcome.ts';
import { isByHand, runRenew } from '../commands/renew/run-renew.ts';
import { pruneCache } from '../files/answers.ts';
import { cacheDirectory, type Place } from '../files/directories.ts';
import { logged } from '../process/log.ts';
import { printer } from '../process/terminal.ts';
import { moment, place } from '../process/this-process.ts';
import { knownHosts } from '../session/known-hosts.ts';
import { createSession } from '../session/session.ts';

/** @returns the exit status */
export function renew(args: string[]): Promise<number> {
  const here = place();
  return runRenew(args, {
    ...printer,
    nowMs: Date.now,
    hosts: () => knownHosts(createSession(here)),
    renew: (host) =>
      logged(
        'renewed',
        { host },
        () => renewHost(host, here, isByHand(args, isatty(1))),
        ({ kind }) => ({ outcome: kind }),
      ),
    prune: async () => pruneCache(cacheDirectory(here), here.uid, moment()),
    repairEngines: (hosts) => repair(hosts, here),
    timer: async (action) => {
      const { timerMachine } = await import('./timer.ts');
      const { runTimer } = await import('../commands/timer/run-timer.ts');
      return runTimer(action, timerMachine(here), printer);
    },
  });
}

/** What still overrides the helper is told on stderr: in the timer's log it stands alone. */
async function repair(hosts: readonly string[], here: Place): Promise<readonly string[]> {
  const { did, left } = await repairHere(here, hosts);
  for (const sentence of left) printer.printError(sentence);
  return did;
}
