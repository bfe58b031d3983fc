import { normaliseRegistryHost } from './registry-host.ts';

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
