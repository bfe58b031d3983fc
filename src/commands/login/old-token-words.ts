import { shellQuoted } from '../../hosts/quoting.ts';
import type { RevokeOutcome } from '../logout/revocation-words.ts';

/** What came of ending the token that a login replaced. */
export type OldTokenOutcome =
  | RevokeOutcome
  /** There was none. */
  | { readonly kind: 'none' }
  /** Another user entry holds it, too. */
  | { readonly kind: 'shared'; readonly by: string }
  /** It is the one that the person gave. */
  | { readonly kind: 'same' }
  /** It is no OAuth token that its owner can end: one of OKD 3.11, or another issuer's. */
  | { readonly kind: 'irrevocable' };

/**
 * @returns that in one sentence, and whether no token is left that was to be revoked
 */
export function oldTokenSentence(outcome: OldTokenOutcome): { sentence: string; isOver: boolean } {
  switch (outcome.kind) {
    case 'shared': {
      const user = shellQuoted(outcome.by);
      const sentence = `The token before it was kept, because the user entry ${user} of the kubeconfig uses it.`;
      return { sentence, isOver: false };
    }
    case 'same':
      return {
        sentence: 'The token before it is the one that you gave: it was not revoked.',
        isOver: false,
      };
    case 'irrevocable': {
      const sentence = "The token before it can't be revoked from here, and goes on until it ends.";
      return { sentence, isOver: false };
    }
    case 'none':
      return { sentence: 'There was no token before it to revoke.', isOver: true };
    case 'revoked':
      return { sentence: 'The token before it was revoked.', isOver: true };
    case 'gone':
      return { sentence: 'The token before it had ended, or been revoked, before.', isOver: true };
    case 'rejected':
      return goesOn('the cluster does not accept the new one just now');
    case 'forbidden':
      return goesOn('the scope of the new one does not let it');
    case 'failed':
      return goesOn(outcome.detail);
  }
}

function goesOn(why: string): { sentence: string; isOver: boolean } {
  const sentence = `The token before it was not revoked, and goes on until it ends: ${why}. Run: oc get useroauthaccesstokens`;
  return { sentence, isOver: false };
}
