import type { ClusterContact, Contact } from './network-state.ts';

/**
 * What is there under an API server's address. `failing`: it, or what stands before it, answers with an error;
 * `something-else`: a page or a redirect, as captive portals and consoles send.
 */
export type ApiState = 'serving' | 'failing' | 'something-else' | 'away';

/** @param contact what came of asking for `/version`, which Kubernetes tells everybody in JSON, or forbids in JSON */
export function apiStateOf(contact: Contact): ApiState {
  if (contact.kind === 'none') return 'away';
  const { status, contentType } = contact;
  if (status >= 500 || status === 429) return 'failing';
  if (contentType !== 'application/json') return 'something-else';
  return status === 200 || status === 401 || status === 403 ? 'serving' : 'something-else';
}

/** @returns the API servers that can't be asked about a token */
export function unaskable(contacts: readonly ClusterContact[]): readonly string[] {
  return contacts.flatMap(({ server, contact }) => (apiStateOf(contact) === 'serving' ? [] : [server]));
}
