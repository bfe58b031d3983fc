import { shownArgument } from '../hosts/quoting.ts';
import { normaliseRegistryHost } from '../registry/registry-host.ts';

/** @returns the registry hosts that were typed, each once; or which of the words is none, in one sentence */
export function parseHosts(words: readonly string[]): readonly string[] | string {
  const hosts = new Set<string>();
  for (const typed of words) {
    const host = normaliseRegistryHost(typed);
    if (host === null) return `${shownArgument(typed)} is no registry host.`;
    hosts.add(host);
  }
  return [...hosts];
}
