import { shellQuoted } from './quoting.ts';

/**
 * The command that signs in to a cluster, ready to be pasted. A context says which of several users is meant, and which
 * entry gets the token; but one whose name could be taken for an option, drives a terminal, or is shown as another (writing
 * from right to left), is left out.
 * @param server a normalised API server URL; empty: whichever is current
 * @param context the kubeconfig's context whose token is to be renewed, if there is one
 */
export function loginCommand(server: string, context?: string): string {
  const isPlain = context !== undefined && /^(?!-)[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u.test(context);
  const target = isPlain ? shellQuoted(context) : server;
  return `docker-credential-openshift login ${target}`.trimEnd();
}
