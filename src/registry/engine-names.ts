import { normaliseRegistryHost } from './registry-host.ts';

/** The name engines know this program by. */
export const OUR_HELPER = 'openshift';

/** @returns the program that engines run for a helper that their files name */
export function programOf(helper: string): string {
  return `docker-credential-${helper}`;
}

/** The name that podman's registries.conf has for its files, among the helpers it asks. */
export const FILES_AS_HELPER = 'containers-auth.json';

/**
 * The names by which an engine may ask for a registry host: it compares letter by letter, and tells HOST:443 from HOST.
 * @param host as `normaliseRegistryHost` writes it
 */
export function engineNamesOf(host: string): readonly string[] {
  return /:\d+$/.test(host) ? [host] : [host, `${host}:443`];
}

/**
 * How engines ask for a registry that was typed: who pulls from HOST:443 is asked for HOST:443.
 * @param typed `HOST`, `HOST:443/ns/image`, `https://HOST/v1/`
 * @param host the same, as `normaliseRegistryHost` writes it
 */
export function asEnginesAsk(typed: string, host: string): string {
  return /^(?:https?:\/\/)?[^/]*:443(?:\/|$)/i.test(typed.trim()) ? `${host}:443` : host;
}

/**
 * A registry as it was typed, capitals and all: engines look for the very spelling that stands before an image. A URL is
 * none of those.
 * @param host the same, as `normaliseRegistryHost` writes it
 */
export function asTyped(typed: string, host: string): string {
  const [spelled = ''] = typed.trim().split('/', 1);
  return engineNamesOf(host).includes(spelled.toLowerCase()) ? spelled : host;
}

/**
 * What an engine compares of a login's key once its scheme and path are off (docker/cli, `ConvertToHostname`;
 * containers/image, `normalizeAuthFileKey`).
 * @param key `HOST`, `HOST/NAMESPACE`, `https://HOST/v1/`
 * @returns `HOST[:PORT]`, letter by letter as it is written
 */
export function hostInKey(key: string): string {
  return key.replace(/^https?:\/\//, '').split('/', 1)[0] ?? '';
}

/**
 * A login's key without the user and password that somebody wrote into it, as into a URL: `https://***@HOST/v1/`. Engines
 * take no key with an "@" for any registry, so that nothing is lost by it.
 */
export function keyWithoutUser(key: string): string {
  return key.replace(/^(https?:\/\/)?.*@/is, (_all, scheme: string | undefined) => `${scheme ?? ''}***@`);
}

/** Docker Hub, as images name it; podman, buildah and skopeo look its logins up by that. */
export const DOCKER_HUB = 'docker.io';

/** docker looks its logins up by this old name. */
export const DOCKER_HUB_KEY = 'https://index.docker.io/v1/';

/** All names of its registry, as `normaliseRegistryHost` writes them. */
const HUB_NAMES: readonly string[] = [DOCKER_HUB, 'index.docker.io', 'registry-1.docker.io'];

/** @returns a registry host, with Docker Hub by one name */
export function hubByOneName(host: string): string {
  return HUB_NAMES.includes(host) ? DOCKER_HUB : host;
}

/** @returns all names of the same registry: one, but for Docker Hub */
export function namesOfRegistry(host: string): readonly string[] {
  return HUB_NAMES.includes(host) ? HUB_NAMES : [host];
}

/**
 * Whether a login's key, in whatever spelling (`https://HOST/v1/`, `HOST/ns`, upper case), is for a registry host.
 * @param host as `normaliseRegistryHost` writes it
 */
export function isKeyOf(key: string, host: string): boolean {
  const named = normaliseRegistryHost(key);
  return named !== null && hubByOneName(named) === hubByOneName(host);
}
