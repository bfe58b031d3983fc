import { nameInSentence } from '../../hosts/quoting.ts';
import type { Reason } from '../../hosts/reason.ts';

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
  readonly reason: Reason;
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

/** @returns what came of it, and whether the login is over */
export function revokeResult(
  { cluster, user, server }: RevocableLogin,
  outcome: RevokeOutcome,
): { reason: Reason; isOver: boolean } {
  const login = `Your login to ${cluster} (${nameInSentence(user)})`;
  const isOver = outcome.kind === 'revoked' || outcome.kind === 'gone';
  const result = (why: string, fix?: Reason['fix']) => ({
    reason: { code: `${isOver ? 'login' : 'revoke'}-${outcome.kind}`, why: `${login} ${why}`, fix },
    isOver,
  });
  switch (outcome.kind) {
    case 'revoked':
      return result(
        'was revoked. `oc` and everything else that used it are logged out, too. The API server may accept it for two more minutes',
      );
    case 'gone':
      return result('had been revoked before');
    case 'rejected':
      return result(
        `was not revoked: ${cluster} refuses it. It expired or was revoked, or can't be checked just now`,
      );
    case 'forbidden':
      return result('was not revoked: its scope does not let it', { run: `oc logout --server=${server}` });
    case 'failed':
      return result(`was not revoked, and goes on until it ends: ${outcome.detail}`, {
        do: `Run the same command again when ${cluster} can be reached.`,
      });
  }
}
