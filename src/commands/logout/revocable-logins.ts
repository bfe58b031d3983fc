import { isOAuthToken, revokeToken } from '../../cluster/oauth-tokens.ts';
import { listRecords } from '../../files/answers.ts';
import { fingerprintOf } from '../../files/sign-outs.ts';
import type { ClusterToken, Identity } from '../../hosts/identity.ts';
import { nameInSentence } from '../../hosts/quoting.ts';
import type { Reason } from '../../hosts/reason.ts';
import { typedLoginInWords } from '../../hosts/resolve-typed.ts';
import { ambiguousRoute, routeToServer } from '../../hosts/route-to-server.ts';
import { storedIdentity, typedToken } from '../../hosts/typed-token.ts';
import { clusterDisplayName } from '../../registry/catalogue.ts';
import { forgetAnswer, resolve } from '../../session/facts.ts';
import type { Session } from '../../session/session.ts';

/** A person who was asked may take their time: this counts from the moment that a cluster is asked. */
const REVOKE_MS = 15_000;

/** A token, and who can have it ended. */
interface Login {
  readonly identity: Identity;
  readonly token: ClusterToken;
}

/**
 * The logins that a host gets, as `get` chooses them: what was typed, as long as its cluster accepts it, else what the
 * context has. Of what was typed the cluster is asked.
 */
export async function revocableLogins(
  host: string,
  session: Session,
): Promise<readonly (RevocableLogin | UnrevokedLogin)[]> {
  const stored = await storedLogin(host, session);
  if (stored === undefined) return [revocable(host, await ownLogin(host, session), session)];
  const { login, isOver, isAnswered } = stored;
  const typed = revocable(host, login, session);
  const own = revocable(host, await ownLogin(host, session), session);
  if (own.kind !== 'possible') return [typed];
  if (!isAnswered)
    return isOver
      ? [left('revoke-rejected', `${stored.words} was not revoked: its cluster refuses it`), own]
      : [typed, own];
  const same = typed.kind === 'possible' && typed.fingerprint === own.fingerprint;
  const goesOn = `Your login to ${own.cluster} (${own.user}) goes on: ${host} did not get it`;
  return same ? [typed] : [typed, left('not-answered', goesOn)];
}

function left(code: string, why: string): UnrevokedLogin {
  return { kind: 'left', reason: { code, why } };
}

function revocable(host: string, login: Login | string, session: Session): RevocableLogin | UnrevokedLogin {
  const impossible = (cause: string, fix?: Reason['fix']): UnrevokedLogin => {
    const why = `${host}: nothing was revoked: ${cause}`;
    return { kind: 'impossible', reason: { code: 'not-revocable', why, fix } };
  };
  if (typeof login === 'string') return impossible(login);
  const { identity, token } = login;
  const { server, insecure } = identity;
  if (!isOAuthToken(token)) return impossible('its token is not an OAuth token, which alone can be revoked');
  if (insecure) {
    const why = `the kubeconfig does not verify the certificate of ${server}`;
    return impossible(why, { run: 'oc logout' });
  }
  const { cache, here } = session;
  const fingerprint = fingerprintOf(token);
  const others = (cache === null ? [] : listRecords(cache, here.uid)).filter(
    (record) => record.host !== host && record.token?.fingerprint === fingerprint,
  );
  return {
    kind: 'possible',
    fingerprint,
    cluster: clusterDisplayName(server),
    user: identity.user.replace(/\/.*$/s, ''),
    server,
    otherHosts: others.map((record) => record.host),
    revoke: async () => {
      const access = session.access.within(REVOKE_MS);
      const outcome = await revokeToken(token, (path, method) =>
        access.ask(identity, token, path, undefined, method),
      );
      await session.reachability.save();
      for (const record of others) await forgetAnswer(record.host, session);
      return outcome;
    },
  };
}

/**
 * What was typed for a host.
 * @returns `isAnswered`: the host gets it; `isOver`: its cluster does not take it any more. Undefined: nothing was typed
 */
async function storedLogin(
  host: string,
  session: Session,
): Promise<
  | {
      readonly words: string;
      readonly login: Login | string;
      readonly isAnswered: boolean;
      readonly isOver: boolean;
    }
  | undefined
> {
  const stored = session.secrets.find(host);
  if (stored === undefined) return undefined;
  const words = typedLoginInWords(host, stored);
  const lost = (why: string) => ({ words, login: why, isAnswered: false, isOver: false });
  const { identities } = await session.identities();
  const { typed } = (await resolve(host, session, { mayAsk: false, signedOut: false })).resolution;
  // It goes to the cluster that it was stored for, and to no other that may not know it.
  const server = stored.boundTo ?? typed?.route?.server;
  if (server === undefined)
    return lost('no cluster is known to have issued the login that was stored for it');
  const choice = typed?.route === undefined ? routeToServer(server, identities) : { route: typed.route };
  if ('rivals' in choice) return lost(ambiguousRoute(server, choice.rivals).why);
  const reading = await session.secrets.read(stored);
  if ('fault' in reading) return lost('the login that was stored for it could not be read');
  const token = typedToken(reading.secret, server, identities);
  if (token === undefined)
    return lost(`the login that was stored for it can be no token of ${clusterDisplayName(server)}`);
  const identity = storedIdentity(choice.route, stored.username, token);
  const { kind } = await session.access.within(REVOKE_MS).inspectToken(identity, token);
  const isAnswered = kind === 'accepted' && typed?.route !== undefined;
  return { words, login: { identity, token }, isAnswered, isOver: kind === 'rejected' || kind === 'revoked' };
}

/** Whose token the host gets of a context's, if it is one that a person logged in with; else why it is none. */
async function ownLogin(host: string, session: Session): Promise<Login | string> {
  // Not whoever would be asked about the host, as for `erase`: what is revoked is over everywhere.
  const search = { mayAsk: true, typed: null, signedOut: false };
  const { own } = (await resolve(host, session, search)).resolution;
  if (own === undefined) return 'no login of yours answers for it';
  const { identity, order } = own;
  if (order !== undefined) return "its tokens are a service account's";
  const { source, context } = identity;
  if (source.kind === 'token' && context !== undefined) return { identity, token: source.token };
  return 'its token is no login that a person made with `oc login`';
}

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
