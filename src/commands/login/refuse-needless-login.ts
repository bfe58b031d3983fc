import { AppError } from '../../hosts/reason.ts';
import { normaliseRegistryHost } from '../../registry/registry-host.ts';
import type { LoginTargetPorts } from './login-target.ts';
import { settingsOfWord } from './settings-of-word.ts';

/**
 * Looks whether a login could do anything for a registry host, before anybody logs in for it.
 * @param typed the word after `login`; a context of that name counts before a host
 * @returns what the host gets by way of the login, if that is no token of the person's own
 * @throws AppError naming what the host gets instead, and what changes that
 */
export async function refuseNeedlessLogin(
  typed: string | undefined,
  ports: Pick<LoginTargetPorts, 'identities' | 'settingsOf'>,
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
