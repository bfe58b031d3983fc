import { type RenewOutcome, runRenew } from '../cli/renew.ts';
import { parseConfig } from '../config/parse-config.ts';
import { environmentSettings } from '../credential/environment-settings.ts';
import { repairEngines } from '../engines/repair-engines.ts';
import { cacheDirectory, configFile, type Place } from '../storage/directories.ts';
import { listAnswers } from '../storage/list-answers.ts';
import { readRegularFile } from '../storage/read-regular-file.ts';
import { decide, recallKnowledge } from './decide.ts';
import { printer } from './printer.ts';
import { createSession } from './session.ts';
import { place } from './this-process.ts';

/** How long one host may take: plugins and clusters are slow at times, and nobody waits. */
const HOST_MS = 20_000;

/** @returns the exit status */
export function renew(args: string[]): Promise<number> {
  const here = place();
  return runRenew(args, {
    ...printer,
    nowMs: Date.now,
    hosts: () => knownHosts(here),
    renew: (host) => renewHost(host, here),
    repairEngines: (hosts) => repairEngines(here, hosts),
    timer: async (action) => (await import('./timer.ts')).timer(action, here),
  });
}

async function knownHosts(here: Place): Promise<readonly string[]> {
  const cache = cacheDirectory(here);
  const path = configFile(here);
  const text = path === null ? undefined : await readRegularFile(path, 1024 * 1024);
  const bound = parseConfig(text ?? '', path ?? '').config.registries;
  const given = environmentSettings(here.env).registries.keys();
  const answered = cache === null ? [] : Object.keys(listAnswers(cache, here.uid));
  const isSilent = (host: string) => bound.get(host)?.anonymous === true;
  return [...new Set([...bound.keys(), ...given, ...answered])].filter((host) => !isSilent(host)).sort();
}

async function renewHost(host: string, here: Place): Promise<RenewOutcome> {
  const session = createSession(here, performance.now() + HOST_MS, true);
  if (recallKnowledge(host, session)?.endsWhenIdle === true) return { kind: 'left-alone' };
  const { answer, warning, keep } = await decide(host, session);
  await keep();
  return answer.kind === 'anonymous'
    ? { kind: 'none', reason: answer.reason }
    : { kind: 'good', username: answer.username, expiresAtMs: answer.expiresAtMs, warning };
}
