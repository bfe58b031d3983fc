import type { ManifestReply } from '../../cluster/ask-registry.ts';
import type { RegistryQuestions } from '../../cluster/registry-questions.ts';
import type { EngineReading } from '../../engines/read-engine-state.ts';
import { DOCKER_AUTH_CONFIG } from '../../engines/read-engine-state.ts';
import type { ImageReference } from '../../registry/image-reference.ts';
import { isOpenShiftRegistry } from './checks/registries.ts';
import type { SentLogin } from './lookup.ts';
import type { RefusedLogin } from './network-state.ts';

/**
 * Asks the registries about the logins that engines' files hold for them, each login once. It goes where engines send it:
 * to the registry that it is stored for, and only to an OpenShift one, which goes by the token alone.
 * @param hosts normalised
 */
export async function refusedLogins(
  hosts: readonly string[],
  { state: { files }, secretOf }: EngineReading,
  { registryContact, askLogin }: Pick<RegistryQuestions, 'registryContact' | 'askLogin'>,
): Promise<readonly RefusedLogin[]> {
  const asked = new Map<string, Promise<boolean>>();
  const isRefused = (host: string, secret: string) => {
    const name = `${host} ${secret}`;
    const answer = asked.get(name) ?? ask(host, secret);
    asked.set(name, answer);
    return answer;
  };
  const ask = async (host: string, secret: string) => {
    if (!isOpenShiftRegistry(await registryContact(host))) return false;
    return (await askLogin(host, { username: 'openshift', secret })).kind === 'refused';
  };
  const refused = await Promise.all(
    files.flatMap((file) =>
      file.logins.map(async (login): Promise<RefusedLogin[]> => {
        const { host } = login;
        const secret = login.secret?.dead === true ? undefined : secretOf(login);
        if (secret === undefined || host === undefined || !hosts.includes(host)) return [];
        return (await isRefused(host, secret)) ? [{ file, login, host }] : [];
      }),
    ),
  );
  return refused.flat();
}

/**
 * Asks a registry for an image's manifest with a login of a file or variable, as the engine that sends it does: an
 * OpenShift one, which goes by the token alone.
 */
export async function manifestByStored(
  host: string,
  image: ImageReference,
  { where, key }: SentLogin,
  { state: { files, dockerAuthConfig }, secretOf }: EngineReading,
  { registryContact, manifestWith }: Pick<RegistryQuestions, 'registryContact' | 'manifestWith'>,
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
