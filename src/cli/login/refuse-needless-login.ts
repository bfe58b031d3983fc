import { AppError } from '../../credential/app-error.ts';
import { normaliseRegistryHost } from '../../registry/registry-host.ts';
import type { LoginTargetPorts } from './login-target.ts';

/**
 * Looks whether a login could do anything for a registry host, before anybody logs in for it.
 * @param typed the word after `login`; a context of that name counts before a host
 * @throws AppError naming what the host gets instead, and what changes that
 */
export async function refuseNeedlessLogin(
  typed: string | undefined,
  ports: Pick<LoginTargetPorts, 'identities' | 'settingsOf'>,
): Promise<void> {
  const host = typed === undefined ? null : normaliseRegistryHost(typed);
  if (host === null) return;
  const { all } = await ports.identities();
  if (all.some(({ context }) => context === typed)) return;
  const settings = await ports.settingsOf(host);
  if (settings?.anonymous === true) {
    throw new AppError({
      code: 'anonymous-host',
      message: `${host} gets no login: your config says that it is asked anonymously`,
      hint: `docker-credential-openshift setup ${host} --context NAME`,
    });
  }
  if (settings?.tokenFile !== undefined) {
    throw new AppError({
      code: 'token-file-host',
      message: `${host} gets the token in ${settings.tokenFile}, and no login: your config says so`,
      hint: `Put a new token there, or run: docker-credential-openshift setup ${host} --context NAME`,
    });
  }
}
