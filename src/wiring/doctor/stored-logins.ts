import type { ManifestReply } from '../../cluster/ask-registry.ts';
import { isOpenShiftRegistry } from '../../commands/doctor/checks/registries.ts';
import type { SentLogin } from '../../commands/doctor/lookup.ts';
import type { RefusedLogin } from '../../commands/doctor/network-state.ts';
import type { AuthFile, SecretFacts, StoredLogin } from '../../engines/engine-state.ts';
import { DOCKER_AUTH_CONFIG, dockerAuthConfigLogins } from '../../engines/lookup/docker-auth-config.ts';
import { readAuthFiles } from '../../engines/lookup/read-auth-files.ts';
import { secretFacts } from '../../engines/read-engine-state.ts';
import type { Place } from '../../files/directories.ts';
import type { ImageReference } from '../../registry/image-reference.ts';
import type { Network } from './network.ts';

/** The engines' files, and what their logins hold: that is sent where engines send it, and goes nowhere else. */
export interface FileSecrets {
  readonly files: readonly AuthFile[];
  readonly dockerAuthConfig: ReturnType<typeof dockerAuthConfigLogins>;
  secretOf(login: StoredLogin): string | undefined;
}

/** Reads the engines' files, and keeps the secrets at hand. */
export async function readFileSecrets(here: Place): Promise<FileSecrets> {
  const secrets = new Map<SecretFacts, string>();
  const factsOf = secretFacts(here, Date.now);
  const noting = (secret: string) => {
    const facts = { ...factsOf(secret) };
    secrets.set(facts, secret);
    return facts;
  };
  return {
    files: await readAuthFiles(here, noting),
    dockerAuthConfig: dockerAuthConfigLogins(here, noting),
    secretOf: ({ secret }) => (secret === undefined ? undefined : secrets.get(secret)),
  };
}

/**
 * Asks the registries about the logins that engines' files hold for them, each login once. It goes where engines send it:
 * to the registry that it is stored for, and only to an OpenShift one, which goes by the token alone.
 * @param hosts normalised
 */
export async function refusedLogins(
  hosts: readonly string[],
  { files, secretOf }: FileSecrets,
  { registryContact, askLogin }: Pick<Network, 'registryContact' | 'askLogin'>,
): Promise<readonly RefusedLogin[]> {
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
    files.flatMap((file) =>
      file.logins.map(async (login): Promise<RefusedLogin[]> => {
        const { host } = login;
        const secret = login.secret?.dead === true ? undefined : secretOf(login);
        if (secret === undefined || host === undefined || !hosts.includes(host)) return [];
        return (await isRefused(host, secret)) ? [{ file, login, host }] : [];
      }),
    ),
  );
  return found.flat();
}

/**
 * Asks a registry for an image's manifest with a login of a file or variable, as the engine that sends it does: an
 * OpenShift one, which goes by the token alone.
 */
export async function manifestByStored(
  host: string,
  image: ImageReference,
  { where, key }: SentLogin,
  { files, dockerAuthConfig, secretOf }: FileSecrets,
  { registryContact, manifestWith }: Pick<Network, 'registryContact' | 'manifestWith'>,
): Promise<ManifestReply> {
  const inVariable = Array.isArray(dockerAuthConfig) && where === DOCKER_AUTH_CONFIG ? dockerAuthConfig : [];
  const logins = files.find(({ path }) => path === where)?.logins ?? inVariable;
  const login = logins.findLast((one) => one.key === key && one.secret !== undefined);
  const secret = login === undefined ? undefined : secretOf(login);
  if (secret === undefined) return { kind: 'unknown', detail: 'it was gone a moment later' };
  const contact = await registryContact(host);
  if (contact.kind === 'none') return { kind: 'unknown', detail: contact.detail };
  if (!isOpenShiftRegistry(contact))
    return { kind: 'unknown', detail: "it does not answer as OpenShift's own registry" };
  return manifestWith(host, image, { username: 'openshift', secret });
}
