import type { Identities } from '../../hosts/identity.ts';
import { normaliseServerUrl } from '../../registry/server-url.ts';

/**
 * @returns the API server, normalised, that the word after `login` stands for: a URL, or the host of an API server that is
 *   known or has the port that they have; undefined: none
 */
export function serverMeant(typed: string, { all }: Identities): string | undefined {
  const isUrl = /^[a-z]+:\/\//i.test(typed);
  const server = normaliseServerUrl(isUrl ? typed : `https://${typed}`);
  if (server === null) return undefined;
  const isKnown = all.some((identity) => identity.server === server);
  return isUrl || isKnown || server.endsWith(':6443') ? server : undefined;
}
