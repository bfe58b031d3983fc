import { clusterDisplayName } from '../registry/catalogue.ts';
import type { Identity } from './identity.ts';
import { shellQuoted } from './quoting.ts';
import type { Fix, Reason } from './reason.ts';

/**
 * The command that signs in to a cluster, ready to be pasted. A context says which of several users is meant, and which
 * entry gets the token; but one whose name could be taken for an option, drives a terminal, or is shown as another (writing
 * from right to left), is left out.
 * @param server a normalised API server URL; empty: whichever is current
 * @param context the kubeconfig's context whose token is to be renewed, if there is one
 * @param options what is to stand before it
 */
export function loginCommand(server: string, context?: string, options = ''): string {
  const target = context !== undefined && isPlainName(context) ? shellQuoted(context) : server;
  const words = ['docker-credential-openshift login', options, target];
  return words.filter((word) => word !== '').join(' ');
}

/** What logs in where nothing says which cluster is meant: at a terminal it asks. */
export const LOG_IN = { run: loginCommand('') };

/**
 * What gives the helper a login, for the middle of a sentence. podman hands it one only where the file that it writes to
 * names the helper; by itself it would write one into the session's file, which comes before the helper.
 */
export function engineLogins(host: string): string {
  return `docker login ${host} or podman login --authfile ~/.docker/config.json ${host}`;
}

/** Whether a name may stand in a command: it is no option, drives no terminal, and is shown as it is. */
export function isPlainName(name: string): boolean {
  return /^(?!-)[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u.test(name);
}

/**
 * What gives the helper a login that is no cluster's, or another than the context's own. An engine whose files do not name the
 * helper keeps it elsewhere, so that a person has to take the one that they pull with: no one command to paste.
 * @param host a registry host
 */
export function logInAgain(host: string): Fix {
  return { do: `Run ${engineLogins(host)}.` };
}

/** Why the token that an identity has is not answered: a person signed out with it. */
export function tokenSignedOut(host: string, { server, context }: Identity): Reason {
  const why = `You signed out of ${host} with your login to ${clusterDisplayName(server)}`;
  return { code: 'token-signed-out', why, fix: { run: loginCommand(server, context) } };
}
