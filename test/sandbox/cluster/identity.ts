/** Who a request comes from, as the API server sees it. */
export interface Identity {
  readonly name: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  /** Of an OAuth token; absent for every other kind of credential. */
  readonly scopes?: readonly string[];
}

export const ANONYMOUS: Identity = { name: 'system:anonymous', groups: ['system:unauthenticated'] };

/** A service account's identity; groups as Kubernetes gives them. */
export function serviceAccountIdentity(namespace: string, name: string, uid: string): Identity {
  return {
    name: `system:serviceaccount:${namespace}:${name}`,
    uid,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
  };
}
