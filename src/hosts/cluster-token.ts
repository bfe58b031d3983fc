declare const SHOWABLE: unique symbol;

/**
 * A token that may be shown to the API server of its identity's cluster. Nothing else is ever sent there, and nothing but
 * `givenToken` and `typedToken` makes one.
 */
export type ClusterToken = string & { readonly [SHOWABLE]: true };

/** What a kubeconfig, a plugin, a token file, the environment or the cluster itself gave for that very cluster. */
export function givenToken(token: string): ClusterToken {
  return token as ClusterToken;
}
