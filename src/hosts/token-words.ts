import { clusterDisplayName } from '../registry/catalogue.ts';
import type { TokenWords } from './check-token.ts';
import type { Identity } from './identity.ts';
import { engineLoginCommand, loginCommand } from './login-command.ts';
import type { Fix, Reason } from './reason.ts';
import type { ServiceAccountOrder } from './service-account-order.ts';

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
  const renew = { run: `docker-credential-openshift renew ${host}` };
  if (order !== undefined) {
    return { cluster, phrase: `The token of ${order.namespace}/${order.name}`, fix: renew };
  }
  if (identity.inCluster) {
    return { cluster, phrase: "The pod's service account token", fix: { do: 'The kubelet renews it.' } };
  }
  if (identity.source.kind === 'exec') {
    // Pulls and the timer have run it before; only `login` gives it a person to ask.
    const phrase = `The token that ${identity.source.plugin.command} gave for ${cluster}`;
    return { cluster, phrase, fix: { run: loginCommand(identity.server, identity.context) } };
  }
  if (identity.isStored === true) {
    return { cluster, phrase: `The login of ${identity.user} stored for ${host}`, fix: logInAgain(host) };
  }
  if (identity.context === undefined && identity.source.kind === 'token') {
    const phrase = 'The token in DOCKER_CREDENTIAL_OPENSHIFT_TOKEN';
    return { cluster, phrase, fix: { do: 'Give the job a new one.' } };
  }
  const login = { run: loginCommand(identity.server, identity.context) };
  if (identity.source.kind === 'token-file' && identity.context === undefined) {
    // Of the config, which names it as its own user, or of a job's environment: a login writes to neither.
    const isOfConfig = identity.user === identity.source.path;
    const fix = { do: isOfConfig ? 'Put a new one there.' : 'Give the job a new one.' };
    return { cluster, phrase: `The token in ${identity.source.path}`, fix };
  }
  if (identity.source.kind === 'token-file') {
    return { cluster, phrase: `The token in ${identity.source.path}`, fix: login };
  }
  return { cluster, phrase: `Your login to ${cluster}`, fix: login };
}

/** What fixes a login that an engine gave us. */
export function logInAgain(host: string): Fix {
  return { run: engineLoginCommand(host) };
}

/** Why the token that an identity has is not answered: a person signed out with it. */
export function tokenSignedOut(host: string, { server, context }: Identity): Reason {
  const why = `You signed out of ${host} with your login to ${clusterDisplayName(server)}`;
  return { code: 'token-signed-out', why, fix: { run: loginCommand(server, context) } };
}
