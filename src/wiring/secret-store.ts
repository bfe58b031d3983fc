import { describeProblem } from '../config/config.ts';
import type { ParsedConfig } from '../config/parse-config.ts';
import { configFile, type Place, stateDirectory, stateLasts } from '../files/directories.ts';
import { AppError } from '../hosts/reason.ts';
import type { SecretPlace, SecretStore } from '../hosts/secret-store.ts';
import { createSecretStore } from '../keychain/login-store.ts';
import { isDockerToken } from '../registry/registry-host.ts';
import { moment } from './this-process.ts';

/**
 * The logins that people stored, where this process finds them.
 * @param config the config, or why it can't be read
 */
export function secretStore(
  here: Place,
  config: () => Promise<ParsedConfig | string>,
  remainingMs: () => number,
): SecretStore {
  const store = createSecretStore({
    state: stateDirectory(here),
    stateLasts: stateLasts(here),
    uid: here.uid,
    keychain: async () => (await import('./keychain.ts')).systemKeychain(here),
    place: async () => placeIn(await config()),
    configFile: configFile(here),
    now: moment,
    remainingMs,
  });
  // Docker's own tokens are no logins of hosts: nobody but docker has a use for them.
  return { ...store, list: () => store.list().filter(({ host }) => !isDockerToken(host)) };
}

/** A config that can't be understood may want a file, or the keychain: neither is chosen. */
function placeIn(parsed: ParsedConfig | string): SecretPlace {
  const isInTheWay = (problem: { key?: 'secrets' }) =>
    typeof parsed !== 'string' && (parsed.unreadable || problem.key === 'secrets');
  const problem = typeof parsed === 'string' ? parsed : parsed.problems.find(isInTheWay);
  if (problem === undefined && typeof parsed !== 'string') return parsed.config.secrets ?? 'keychain';
  const message = typeof problem === 'string' || problem === undefined ? problem : describeProblem(problem);
  throw new AppError({ code: 'config-broken', message: `The login was not kept: ${message}` });
}
