/**
 * The host that a registry's API is at. Docker Hub's images have a name that is not its registry's (distribution/reference,
 * docker's registry.DefaultV2Registry).
 * @param host a normalised registry host
 */
export function apiHost(host: string): string {
  return host === 'docker.io' || host === 'index.docker.io' ? 'registry-1.docker.io' : host;
}
