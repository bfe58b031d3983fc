import type { Identity } from '../../hosts/identity.ts';
import { shellQuoted } from '../../hosts/quoting.ts';

/** Who answers for a host; or why nobody does, if that is any of its business; undefined: no cluster's token may go there. */
export type Answering = { readonly identity: Identity } | { readonly reason: string | null } | undefined;

/** A login that was just made, as the kubeconfig holds it. */
export interface MadeLogin {
  /** The API server's URL, normalised. */
  readonly server: string;
  /** The user entry that holds its token. */
  readonly userEntry: string;
  /** How the cluster calls the person. */
  readonly user: string;
  readonly context: string | undefined;
}

/** @returns whether a host is answered with this login, and with nobody else's */
export function isAnsweredBy({ server, userEntry }: MadeLogin, answering: Answering): boolean {
  if (answering === undefined || !('identity' in answering)) return false;
  return answering.identity.server === server && answering.identity.user === userEntry;
}

/** @returns why a host that was named got nothing of this login, and what binds it to it */
export function notAnsweredReason(host: string, login: MadeLogin, answering: Answering): string | null {
  if (answering === undefined) return null;
  if (!('identity' in answering)) return answering.reason;
  const { user, context, source } = answering.identity;
  const other = context === undefined && source.kind === 'token-file' ? source.path : user;
  const toContext = login.context === undefined ? '' : ` --context ${shellQuoted(login.context)}`;
  return `left as it was: it gets the token of ${other}, and the login is ${login.user}'s. To bind it to that one, run: docker-credential-openshift setup ${host}${toContext}`;
}

/** @returns what to say where a login that was typed for a host comes before the one that was just made */
export function typedComesFirst(host: string, typedUser: string): string {
  return `It gets the login of ${typedUser} that was typed for it, and not this one. To drop that and log in anew, run: docker-credential-openshift logout ${host} && docker-credential-openshift login ${host}`;
}
