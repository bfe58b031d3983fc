/** Why the token of a login did not go into the user entry of the context that it was for. */
export type WhySpared =
  /** It holds a login of somebody else, or is called after them. */
  | { readonly kind: 'another-person' }
  /** A context of another cluster uses it, too: the token would be sent there. */
  | { readonly kind: 'other-cluster'; readonly context: string }
  /** It proves itself by a client certificate, a plugin or the like, which the token would take the place of. */
  | { readonly kind: 'other-proof' }
  /** The context names none. */
  | { readonly kind: 'no-entry' }
  /** The cluster does not say whose its token is. */
  | { readonly kind: 'unknown-owner' };
