import { type Answer, type CredentialAnswer, outlivesMargin } from './answer.ts';
import type { TokenKnowledge } from './cached-answer.ts';
import { durationInWords } from './clock.ts';
import type { ClusterToken, Identity, ServiceAccountOrder } from './identity.ts';
import type { Obtained } from './keep-token.ts';
import type { Fix, Reason } from './reason.ts';
import type { StoredLogin } from './secret-store.ts';

/** In characters; clusters know none of such a length. */
const LONGEST_NAME = 1024;

/** What the cluster says of a token. */
export type Inspection =
  | {
      readonly kind: 'accepted';
      /** The name that the cluster knows its bearer by. */
      readonly username: string;
      /** Ms since the epoch by this machine's clock; null: never; undefined: it was not said. */
      readonly expiresAtMs: number | null | undefined;
      /** Its whole life, if it was said. */
      readonly lifeMs?: number | undefined;
      /** When it ends unless it is used before, in ms since the epoch; its use moves this end. */
      readonly idleEndsAtMs: number | undefined;
      /** False for a token of a scope that opens no image (`user:info` and its like). */
      readonly opensImages: boolean;
    }
  /** 401: dead, or the cluster can't validate tokens just now. */
  | { readonly kind: 'rejected' }
  /** The token's own object is gone. */
  | { readonly kind: 'revoked' }
  /** An answer that says nothing of the token (5xx, nonsense). */
  | { readonly kind: 'unavailable'; readonly detail: string }
  /** No connection, or none in time. */
  | { readonly kind: 'unreachable'; readonly detail: string };

/** What the registry's own token endpoint says of a token; `failing`: it answers, and says nothing of the token. */
export type RegistryProbe = 'accepted' | 'refused' | 'failing' | 'unreachable';

/**
 * What a registry says of a login that was typed for it. `accepted`: it takes it, or asks for none; `failing`: it answers,
 * and fails just now; `unknown`: it can't be reached by this program, or asks in a way that this one does not.
 */
export type TypedLoginWord = 'accepted' | 'refused' | 'failing' | 'unknown';

/** Whom answers are had from: identities, clusters, registries, and what was known before. */
export interface AnswerPorts {
  nowMs(): number;
  inspectToken(identity: Identity, token: ClusterToken): Promise<Inspection>;
  probeRegistry(
    host: string,
    identity: Identity,
    username: string,
    token: ClusterToken,
  ): Promise<RegistryProbe>;
  /** Asks the registry itself about what was typed for it, as an engine does; never throws. */
  probeTypedLogin(host: string, username: string, secret: string): Promise<TypedLoginWord>;
  /**
   * @param refused a token that the cluster refused: another one is wanted
   * @throws AppError if there is none: why, and what mends it
   */
  obtainToken(
    host: string,
    identity: Identity,
    order: ServiceAccountOrder | undefined,
    refused: string | undefined,
  ): Promise<Obtained>;
  fingerprintOf(token: string): string;
  /** What was known of the host's token when it was last asked for. */
  recallKnowledge(): TokenKnowledge | undefined;
  isSignedOut(host: string, fingerprint: string): Promise<boolean>;
  /** Which cluster a login is of that was typed when none was known; its API server's URL. To be written down. */
  noteCluster(login: StoredLogin, server: string): void;
}

export interface Verdict {
  readonly answer: Answer;
  readonly knowledge: TokenKnowledge;
  /** The cluster refused the token. */
  readonly refused: boolean;
}

/** How a token is spoken of, and what fixes its end. */
export interface TokenWords {
  /** `Your login to app.ci` */
  readonly phrase: string;
  /** `app.ci` */
  readonly cluster: string;
  readonly fix: Fix;
}

/**
 * The table of the answer rule: may this token be answered for this host, now?
 * @param known what is known of this very token from before; a 401 erases none of it
 */
export async function checkToken(
  host: string,
  identity: Identity,
  token: ClusterToken,
  known: TokenKnowledge,
  words: TokenWords,
  ports: Pick<AnswerPorts, 'nowMs' | 'inspectToken' | 'probeRegistry'>,
): Promise<Verdict> {
  const anonymous = (reason: Reason, knowledge = known, refused = false): Verdict => ({
    answer: { kind: 'anonymous', reasons: [reason] },
    knowledge,
    refused,
  });
  const revoked: Reason = { code: 'token-revoked', why: `${words.phrase} was revoked`, fix: words.fix };
  if (known.revoked === true) return anonymous(revoked, known, true);

  const said = await ports.inspectToken(identity, token);
  const nowMs = ports.nowMs();
  switch (said.kind) {
    case 'accepted': {
      const knowledge = learn(known, said);
      if (!said.opensImages) return anonymous(scopeReason(words), knowledge);
      // Its use, just now, moved the end for idleness: only the other one counts here.
      const expiresAtMs = said.expiresAtMs ?? null;
      if (!outlivesMargin(expiresAtMs, nowMs))
        return anonymous(endReason(words, expiresAtMs, nowMs), knowledge);
      return { answer: credential(said.username, token, expiresAtMs), knowledge, refused: false };
    }
    case 'revoked':
      return anonymous(revoked, { ...known, revoked: true }, true);
    case 'rejected':
      return anonymous(endReason(words, known.expiresAtMs ?? null, nowMs), known, true);
  }

  if (known.opensImages === false) return anonymous(scopeReason(words));
  const expiresAtMs = known.expiresAtMs ?? null;
  if (!outlivesMargin(expiresAtMs, nowMs)) return anonymous(endReason(words, expiresAtMs, nowMs));
  const username = known.username ?? 'openshift';
  const probe = await ports.probeRegistry(host, identity, username, token);
  const endIsKnown = known.expiresAtMs !== undefined;
  const answer = credential(username, token, expiresAtMs);
  if (probe === 'accepted') return { answer, knowledge: known, refused: false };
  if (probe === 'unreachable' && said.kind === 'unreachable' && endIsKnown) {
    return { answer: { ...answer, unchecked: true }, knowledge: known, refused: false };
  }
  return anonymous({
    code: 'token-unchecked',
    why: `${words.phrase} could not be checked (${said.detail}), so pulls from ${host} go on anonymously`,
  });
}

function learn(known: TokenKnowledge, said: Extract<Inspection, { kind: 'accepted' }>): TokenKnowledge {
  const { username, idleEndsAtMs, opensImages } = said;
  const { fingerprint } = known;
  const end = said.expiresAtMs === undefined ? known.expiresAtMs : said.expiresAtMs;
  const endsWhenIdle = idleEndsAtMs !== undefined;
  const expiresAtMs = endsWhenIdle ? Math.min(end ?? Number.POSITIVE_INFINITY, idleEndsAtMs) : end;
  const { lifeMs = known.lifeMs } = said;
  const learnt = {
    ...(known.announcedAtMs === undefined ? {} : { announcedAtMs: known.announcedAtMs }),
    ...(lifeMs === undefined ? {} : { lifeMs }),
    fingerprint,
    username: username.length > LONGEST_NAME ? '' : username,
    endsWhenIdle,
    opensImages,
  };
  return expiresAtMs === undefined ? learnt : { ...learnt, expiresAtMs };
}

/** @param name as the cluster knows the bearer */
function credential(name: string, secret: string, expiresAtMs: number | null): CredentialAnswer {
  return { kind: 'credential', username: basicUsername(name, secret), secret, expiresAtMs };
}

/**
 * A colon in a Basic user name ends it (`kube:admin`), none at all means "anonymous" to engines. Registries of OpenShift go by
 * the token, so that a name which no header holds is as good as none, and a letter more does no harm: pack 0.40.5 and 0.40.6
 * write `{"username":NAME,"password":TOKEN}` in the standard base64 alphabet, and dockerd reads the one of URLs, so that the
 * token of `sha256~…` is lost where its `~` becomes a `+`: where the length of the name leaves 2 when divided by 3.
 */
export function basicUsername(name: string, secret: string): string {
  const safe = name.length > LONGEST_NAME ? '' : name.replaceAll(/[:\p{Cc}]/gu, '-');
  if (safe === '' || safe === '<token>') return 'openshift';
  return secret.startsWith('sha256~') && Buffer.byteLength(safe) % 3 === 2 ? `${safe}-` : safe;
}

function scopeReason({ cluster, fix }: TokenWords): Reason {
  return { code: 'token-scope', why: `Your token for ${cluster} is of a scope that opens no image`, fix };
}

/** Why a token that the cluster refuses, or that is about to end, is not answered. */
export function endReason({ phrase, fix }: TokenWords, expiresAtMs: number | null, nowMs: number): Reason {
  if (expiresAtMs === null || outlivesMargin(expiresAtMs, nowMs)) {
    return { code: 'token-refused', why: `${phrase} was refused: it expired or was revoked`, fix };
  }
  if (expiresAtMs > nowMs) return { code: 'token-expiring', why: `${phrase} expires within a minute`, fix };
  return { code: 'token-expired', why: `${phrase} expired ${durationInWords(nowMs - expiresAtMs)} ago`, fix };
}
