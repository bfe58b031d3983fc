import type { Identities } from '../../hosts/identity.ts';
import { AppError } from '../../hosts/reason.ts';
import type { RegistrySettings } from '../../registry/bind-host.ts';
import { normaliseRegistryHost } from '../../registry/registry-host.ts';
import { normaliseServerUrl } from '../../registry/server-url.ts';
import type { LoginPorts } from './ports.ts';

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

/**
 * What the config says of the word after `login`, read as a registry host. A fault of the config is no obstacle to a word
 * that stands for a cluster without it: a context's name, or an API server.
 * @param host the word, normalised; null: it is no host
 * @throws AppError `bad-config` if the word could be nothing but a host, whose settings can't be told
 */
export async function settingsOfWord(
  typed: string,
  host: string | null,
  identities: Identities,
  ports: Pick<LoginPorts, 'settingsOf'>,
): Promise<RegistrySettings | undefined> {
  if (host === null) return undefined;
  try {
    return await ports.settingsOf(host);
  } catch (error) {
    const isContext = identities.all.some(({ context }) => context === typed);
    const isCluster = isContext || serverMeant(typed, identities) !== undefined;
    if (!(error instanceof AppError) || !isCluster) throw error;
    return undefined;
  }
}

/**
 * Looks whether a login could do anything for a registry host, before anybody logs in for it.
 * @param typed the word after `login`; a context of that name counts before a host
 * @returns what the host gets by way of the login, if that is no token of the person's own
 * @throws AppError naming what the host gets instead, and what changes that
 */
export async function refuseNeedlessLogin(
  typed: string | undefined,
  ports: Pick<LoginPorts, 'identities' | 'settingsOf'>,
): Promise<string | undefined> {
  const host = typed === undefined ? null : normaliseRegistryHost(typed);
  if (typed === undefined || host === null) return undefined;
  const identities = await ports.identities();
  if (identities.all.some(({ context }) => context === typed)) return undefined;
  const settings = await settingsOfWord(typed, host, identities, ports);
  if (settings?.anonymous === true) {
    throw new AppError({
      code: 'anonymous-host',
      message: `${host} gets no login: your config says that it is asked anonymously`,
      fix: { run: `docker-credential-openshift setup ${host} --context NAME` },
    });
  }
  if (settings?.tokenFile !== undefined) {
    throw new AppError({
      code: 'token-file-host',
      message: `${host} gets the token in ${settings.tokenFile}, and no login: your config says so`,
      fix: { do: `Put a new token there, or run: docker-credential-openshift setup ${host} --context NAME` },
    });
  }
  if (settings?.serviceAccount === undefined) return undefined;
  const how =
    settings.selfRenew === true
      ? 'It renews itself; only where it ended does a login mint another.'
      : 'Your login mints it, and is not sent there itself.';
  return `${host} gets a token of the service account ${settings.serviceAccount}. ${how}`;
}
