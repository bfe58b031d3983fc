import { isOpenShiftRegistry } from '../../cli/doctor/checks/registry.ts';
import type { RefusedLogin } from '../../cli/doctor/checks/stored-logins.ts';
import type { SecretFacts } from '../../cli/doctor/engine-state.ts';
import { readAuthFiles } from '../../engines/read-auth-files.ts';
import type { Place } from '../../storage/directories.ts';
import { secretFacts } from './engines.ts';
import type { Network } from './network.ts';

/**
 * Asks the registries about the logins that engines' files hold for them, each login once. It goes where engines send it:
 * to the registry that it is stored for, and only to an OpenShift one, which goes by the token alone.
 * @param hosts normalised
 */
export async function refusedLogins(
  hosts: readonly string[],
  { registryContact, askLogin }: Pick<Network, 'registryContact' | 'askLogin'>,
  here: Place,
): Promise<readonly RefusedLogin[]> {
  const secrets = new Map<SecretFacts, string>();
  const factsOf = secretFacts(here);
  const files = await readAuthFiles(here, (secret) => {
    const facts = { ...factsOf(secret) };
    secrets.set(facts, secret);
    return facts;
  });
  const asked = new Map<string, Promise<boolean>>();
  const isRefused = (host: string, secret: string) => {
    const name = `${host} ${secret}`;
    const found = asked.get(name) ?? ask(host, secret);
    asked.set(name, found);
    return found;
  };
  const ask = async (host: string, secret: string) => {
    if (!isOpenShiftRegistry(await registryContact(host))) return false;
    return (await askLogin(host, { username: 'openshift', secret })).kind === 'refused';
  };
  const found = await Promise.all(
    files.flatMap(({ path, current, logins }) =>
      logins.map(async ({ key, host, secret: facts }): Promise<RefusedLogin[]> => {
        const secret = facts === undefined || facts.dead ? undefined : secrets.get(facts);
        if (secret === undefined || host === undefined || !hosts.includes(host)) return [];
        return (await isRefused(host, secret)) ? [{ path, key, host, current }] : [];
      }),
    ),
  );
  return found.flat();
}
