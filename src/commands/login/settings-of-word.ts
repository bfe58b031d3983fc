import type { Identities } from '../../hosts/identity.ts';
import { AppError } from '../../hosts/reason.ts';
import type { RegistrySettings } from '../../registry/bind-host.ts';
import type { LoginTargetPorts } from './login-target.ts';
import { serverMeant } from './server-meant.ts';

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
  ports: Pick<LoginTargetPorts, 'settingsOf'>,
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
