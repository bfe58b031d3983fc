import { isatty } from 'node:tty';
import { type KnownHosts, runRenew } from '../commands/renew/run-renew.ts';
import { describeProblem } from '../config/config.ts';
import { parseConfig } from '../config/parse-config.ts';
import { repairEngines } from '../engines/edits/repair-engines.ts';
import { cacheDirectory, configFile, type Place, stateDirectory } from '../files/directories.ts';
import { listAnswers } from '../files/list-answers.ts';
import { pruneCache } from '../files/prune.ts';
import { readRegularFile } from '../files/read-regular-file.ts';
import { environmentSettings } from '../hosts/environment-settings.ts';
import { readStoredRecords } from '../keychain/login-records.ts';
import { printer } from '../process/terminal.ts';
import { moment, place } from '../process/this-process.ts';
import { renewHost } from './renew-host.ts';
import { shadowPorts } from './shadowing-logins.ts';

/** @returns the exit status */
export function renew(args: string[]): Promise<number> {
  const here = place();
  return runRenew(args, {
    ...printer,
    nowMs: Date.now,
    hosts: () => knownHosts(here),
    renew: (host) => renewHost(host, here, isByHand(args)),
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
  const { did, left } = await repairEngines(here, hosts, shadowPorts(here));
  for (const sentence of left) printer.printError(sentence);
  return did;
}

/** Whether a person typed it: who names hosts does, and who looks at a terminal. The timer and `get` do neither. */
function isByHand(args: readonly string[]): boolean {
  return !args.includes('--background') && (isatty(1) || args.some((word) => !word.startsWith('-')));
}

/** Every registry host that this program may be asked for, and what is wrong with the config. */
export async function knownHosts(here: Place): Promise<KnownHosts> {
  const cache = cacheDirectory(here);
  const state = stateDirectory(here);
  const path = configFile(here);
  const text = path === null ? undefined : await readRegularFile(path, 1024 * 1024);
  const { config, brokenHosts, problems, unreadable } = parseConfig(text ?? '', path ?? '');
  const bound = config.registries;
  const given = environmentSettings(here.env);
  const answered = cache === null ? [] : Object.keys(listAnswers(cache, here.uid));
  const stored = state === null ? [] : readStoredRecords(state, here.uid);
  // What was typed for a registry of no cluster has nothing that could be renewed.
  const typed = stored.flatMap(({ host, login }) => (login?.boundTo === undefined ? [] : [host]));
  const isSilent = (host: string) => bound.get(host)?.anonymous === true;
  const names = [...bound.keys(), ...brokenHosts, ...given.registries.keys(), ...answered, ...typed];
  const hosts = [...new Set(names)].filter((host) => !isSilent(host)).sort();
  // Where the environment names a host, it counts, and not the config.
  const isBroken = (host: string) =>
    given.registries.has(host) ? given.problems.length > 0 : unreadable || brokenHosts.has(host);
  return {
    hosts,
    broken: new Set(hosts.filter(isBroken)),
    problems: [...problems.map(describeProblem), ...given.problems],
  };
}
