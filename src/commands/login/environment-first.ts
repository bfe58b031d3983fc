import type { Identities } from '../../hosts/identity.ts';
import { clusterDisplayName } from '../../registry/catalogue.ts';

/**
 * The identities as a login counts them: what the environment gives can't be renewed here, so that the kubeconfig's own
 * current context is the current one.
 */
export function besidesEnvironment(identities: Identities): Identities {
  const { current, currentContext } = identities;
  return current?.context === undefined && currentContext !== undefined
    ? { ...identities, current: currentContext }
    : identities;
}

/**
 * @param server the API server that is logged in to, normalised
 * @param isNamed the person said where; else the current context was meant, which is none that the environment gives
 * @returns what is to be said where a token of the environment is answered with before the login that is made
 */
export function environmentNote(
  { current }: Identities,
  server: string,
  isNamed: boolean,
): string | undefined {
  if (current === undefined || current.context !== undefined || current.inCluster) return undefined;
  if (isNamed && current.server !== server) return undefined;
  const variable = `DOCKER_CREDENTIAL_OPENSHIFT_${current.source.kind === 'token-file' ? 'TOKEN_FILE' : 'TOKEN'}`;
  return `${variable} goes on coming first for the registries of ${clusterDisplayName(current.server)}; unset it to have this login used there.`;
}
