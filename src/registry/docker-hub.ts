/** Docker Hub, as images name it; podman, buildah and skopeo look its logins up by that. */
export const DOCKER_HUB = 'docker.io';

/** docker looks its logins up by this old name. */
export const DOCKER_HUB_KEY = 'https://index.docker.io/v1/';

/** @returns a registry host, with Docker Hub by one name */
export function hubByOneName(host: string): string {
  return host === 'index.docker.io' || host === 'registry-1.docker.io' ? DOCKER_HUB : host;
}
