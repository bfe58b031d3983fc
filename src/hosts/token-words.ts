import { clusterDisplayName } from '../registry/catalogue.ts';
import type { TokenWords } from './check-token.ts';
import type { Identity } from './identity.ts';
import { engineLoginCommand, loginCommand } from './login-command.ts';
import type { ServiceAccountOrder } from './obtain-token.ts';

/**
 * How the token that an identity gives a registry host is spoken of.
 * @param order the service account that it was minted for, if it was
 */
export function tokenWords(
  host: string,
  identity: Identity,
  order: ServiceAccountOrder | undefined,
): TokenWords {
  const cluster = clusterDisplayName(identity.server);
  const renew = `Run: docker-credential-openshift renew ${host}`;
  if (order !== undefined) {
    return { cluster, phrase: `The token of ${order.namespace}/${order.name}`, mend: renew };
  }
  if (identity.inCluster) {
    return { cluster, phrase: "The pod's service account token", mend: 'The kubelet renews it.' };
  }
  if (identity.source.kind === 'exec') {
    // Pulls and the timer have run it before; only `login` gives it a person to ask.
    const phrase = `The token that ${identity.source.plugin.command} gave for ${cluster}`;
    return { cluster, phrase, mend: `Run: ${loginCommand(identity.server, identity.context)}` };
  }
  if (identity.isStored === true) {
    return { cluster, phrase: `The login of ${identity.user} stored for ${host}`, mend: logInAgain(host) };
  }
  if (identity.context === undefined && identity.source.kind === 'token') {
    const phrase = 'The token in DOCKER_CREDENTIAL_OPENSHIFT_TOKEN';
    return { cluster, phrase, mend: 'Give the job a new one.' };
  }
  const login = `Run: ${loginCommand(identity.server, identity.context)}`;
  if (identity.source.kind === 'token-file' && identity.context === undefined) {
    // Of the config, which names it as its own user, or of a job's environment: a login writes to neither.
    const mend = identity.user === identity.source.path ? 'Put a new one there.' : 'Give the job a new one.';
    return { cluster, phrase: `The token in ${identity.source.path}`, mend };
  }
  if (identity.source.kind === 'token-file') {
    return { cluster, phrase: `The token in ${identity.source.path}`, mend: login };
  }
  return { cluster, phrase: `Your login to ${cluster}`, mend: login };
}

/** What mends a login that an engine gave us. */
export function logInAgain(host: string): string {
  return `Run: ${engineLoginCommand(host)}`;
}
