import { nameInSentence } from '../../hosts/quoting.ts';

/** What came of asking a cluster to end a login. */
export type RevokeOutcome =
  | { readonly kind: 'revoked' | 'gone' | 'rejected' | 'forbidden' }
  | { readonly kind: 'failed'; readonly detail: string };

/** A person's login that its cluster can end, as far as can be told without asking it. */
export interface RevocableLogin {
  readonly kind: 'possible';
  /** Names the token without telling it: hosts that share it share its end. */
  readonly fingerprint: string;
  readonly cluster: string;
  readonly user: string;
  /** The API server's URL. */
  readonly server: string;
  /** Other registry hosts that were last answered with it. */
  readonly otherHosts: readonly string[];
  revoke(): Promise<RevokeOutcome>;
}

/** A login that is not revoked; `impossible`: though the person wants it; `left`: since the host does not get it, or it is over. */
export interface UnrevokedLogin {
  readonly kind: 'impossible' | 'left';
  /** Why, in one sentence. */
  readonly reason: string;
}

/** @returns what to ask a person before their login is ended, without the question of yes or no */
export function revokeQuestion(logins: readonly RevocableLogin[]): string {
  const named = logins
    .map(({ cluster, user }) => `your login to ${cluster} (${nameInSentence(user)})`)
    .join(' and ');
  const others = [...new Set(logins.flatMap(({ otherHosts }) => otherHosts))];
  const besides = others.length === 0 ? '' : `, and so are ${others.join(', ')}`;
  return `End ${named}? \`oc\` and everything else that uses it are logged out, too${besides}.`;
}

/** @returns what came of it in one sentence, and whether the login is over */
export function revokeSentence(
  { cluster, user, server }: RevocableLogin,
  outcome: RevokeOutcome,
): { sentence: string; isOver: boolean } {
  const login = `Your login to ${cluster} (${nameInSentence(user)})`;
  switch (outcome.kind) {
    case 'revoked':
      return {
        sentence: `${login} was revoked. \`oc\` and everything else that used it are logged out, too. The API server may accept it for two more minutes.`,
        isOver: true,
      };
    case 'gone':
      return { sentence: `${login} had been revoked before.`, isOver: true };
    case 'rejected':
      return {
        sentence: `${login} was not revoked: ${cluster} does not accept it. It has ended, or can't be checked just now.`,
        isOver: false,
      };
    case 'forbidden':
      return {
        sentence: `${login} was not revoked: its scope does not let it. Run: oc logout --server=${server}`,
        isOver: false,
      };
    case 'failed':
      return {
        sentence: `${login} was not revoked, and goes on until it ends: ${outcome.detail}. Run the same command again when ${cluster} can be reached.`,
        isOver: false,
      };
  }
}
