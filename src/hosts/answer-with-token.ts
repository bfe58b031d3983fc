import { clusterDisplayName } from '../registry/catalogue.ts';
import { announcement, announcementIsDue, nextAnnouncementMs } from './announcement.ts';
import { type Answer, type CredentialAnswer, outlivesMargin } from './answer.ts';
import type { TokenKnowledge } from './cached-answer.ts';
import { type AnswerPorts, checkToken, endReason, type TokenWords, type Verdict } from './check-token.ts';
import type { ClusterToken, Identity, ServiceAccountOrder } from './identity.ts';
import { kindOf, tokenWords } from './identity-kinds.ts';
import type { Obtained } from './keep-token.ts';
import { loginCommand, tokenSignedOut } from './login-command.ts';
import { AppError, type Reason } from './reason.ts';
import type { StoredLogin } from './secret-store.ts';

const LONGEST_TOKEN = 64 * 1024;

/** An answer, and what was learnt of the token. */
export interface TokenAnswer {
  readonly answer: Answer;
  readonly knowledge?: TokenKnowledge;
  /** What the person should hear although the answer is a credential. */
  readonly warnings?: readonly Reason[];
  /** Only a person can renew the token; false, too, where it is not known. */
  readonly isPersons?: boolean;
  /** The token should be renewed behind the engine's back. */
  readonly renewSoon?: boolean;
  /** A person signed out: of the host, or with this very token. */
  readonly signedOut?: boolean;
  /** What is answered, where that is a token of the identity's cluster. */
  readonly token?: ClusterToken;
}

/** Whom a token of a cluster is had from and checked by. */
type TokenPorts = Omit<AnswerPorts, 'probeTypedLogin' | 'noteCluster'>;

/**
 * Gets the identity's token and has it checked.
 * @param order the service account to mint for, if the config names one
 * @throws AppError if there is no token: why, and what mends it
 */
export async function answerWithToken(
  host: string,
  identity: Identity,
  order: ServiceAccountOrder | undefined,
  ports: TokenPorts,
): Promise<TokenAnswer> {
  const first = await ports.obtainToken(host, identity, order, undefined);
  refuseOverlong(first.token, identity);
  if (await ports.isSignedOut(host, ports.fingerprintOf(first.token))) {
    return { answer: { kind: 'anonymous', reasons: [tokenSignedOut(host, identity)] }, signedOut: true };
  }
  const words = tokenWords(host, identity, order);
  const verdict = await judge(host, identity, first, words, ports);
  const kind = kindOf(identity, order);
  const isPersons = kind.isPersons(identity);
  const told = (last: Verdict, obtained: Obtained): TokenAnswer =>
    report(last, obtained, identity, words, isPersons, ports.nowMs());
  if (!verdict.refused || !kind.isReissuable) return told(verdict, first);
  // The account, or the Secret that its token is bound to, was made anew; or the plugin has another token by now.
  const second = await ports.obtainToken(host, identity, order, first.token);
  refuseOverlong(second.token, identity);
  const isNew = second.token !== first.token;
  const last = isNew ? await judge(host, identity, second, words, ports) : verdict;
  return told(last, second);
}

/** No registry takes it in a header, and engines would carry it there. */
function refuseOverlong(token: string, { server, context }: Identity): void {
  if (token.length <= LONGEST_TOKEN) return;
  throw new AppError({
    code: 'token-too-long',
    message: `The token for ${clusterDisplayName(server)} is longer than 64 KiB, and can be none`,
    fix: { run: loginCommand(server, context) },
  });
}

/**
 * Asks the cluster, also about a token that it issued a moment ago: to issue tokens and to validate them is not the same,
 * and what the registry can't have validated closes public images, too.
 */
async function judge(
  host: string,
  identity: Identity,
  { token, expiresAtMs, isEndAssumed }: Obtained,
  words: TokenWords,
  ports: TokenPorts,
): Promise<Verdict> {
  const fingerprint = ports.fingerprintOf(token);
  // An end that nobody told is none that could be relied on where the cluster can't be asked.
  const end = Number.isFinite(expiresAtMs) && isEndAssumed !== true ? { expiresAtMs } : {};
  const recalled = ports.recallKnowledge();
  const known = recalled?.fingerprint === fingerprint ? recalled : { fingerprint };
  const verdict = await checkToken(host, identity, token, { ...known, ...end }, words, ports);
  return { ...verdict, answer: endingNoLater(verdict.answer, expiresAtMs, words, ports.nowMs()) };
}

/** An issuer's word on a token's end counts, too: of a plugin's token the cluster may know none. */
function endingNoLater(answer: Answer, expiresAtMs: number, words: TokenWords, nowMs: number): Answer {
  if (answer.kind === 'anonymous' || !Number.isFinite(expiresAtMs)) return answer;
  if (!outlivesMargin(expiresAtMs, nowMs)) {
    return { kind: 'anonymous', reasons: [endReason(words, expiresAtMs, nowMs)] };
  }
  return { ...answer, expiresAtMs: Math.min(answer.expiresAtMs ?? Number.POSITIVE_INFINITY, expiresAtMs) };
}

function report(
  { answer, knowledge: learnt }: Verdict,
  { token, renewSoon, complaint }: Obtained,
  identity: Identity,
  words: TokenWords,
  isPersons: boolean,
  nowMs: number,
): TokenAnswer {
  const knowledge = isPersons && identity.isStored === true ? { ...learnt, isTyped: true } : learnt;
  if (answer.kind === 'anonymous') return { answer, knowledge, renewSoon };
  const { lifeMs, announcedAtMs } = knowledge;
  const endMs = isPersons ? endToAnnounce(knowledge) : undefined;
  const announced =
    endMs !== undefined && announcementIsDue(endMs, lifeMs, announcedAtMs, nowMs)
      ? announcement(words, endMs, nowMs)
      : undefined;
  const warnings = [
    complaint === undefined
      ? undefined
      : { code: 'not-renewed', why: `The token could not be renewed: ${complaint}` },
    identity.insecure ? unverified(identity) : undefined,
    announced,
  ].filter((warning) => warning !== undefined);
  // So that a cached answer is silent until there is something to say, and no longer.
  const warnAfterMs = endMs === undefined ? undefined : nextAnnouncementMs(endMs, lifeMs, nowMs);
  return {
    answer: warnAfterMs === undefined ? answer : { ...answer, warnAfterMs },
    token,
    knowledge: announced === undefined ? knowledge : { ...knowledge, announcedAtMs: nowMs },
    renewSoon,
    ...(isPersons ? { isPersons } : {}),
    ...(warnings.length === 0 ? {} : { warnings }),
  };
}

/** The end of what only a person can renew is told early. One that moves with the token's use is not. */
function endToAnnounce({ expiresAtMs, endsWhenIdle }: TokenKnowledge): number | undefined {
  return typeof expiresAtMs === 'number' && endsWhenIdle !== true ? expiresAtMs : undefined;
}

function unverified({ server }: Identity): Reason {
  return {
    code: 'certificate-not-verified',
    why: `The certificate of ${server} is not verified (insecure-skip-tls-verify in the kubeconfig)`,
  };
}

/** What a typed login is answered with, and what was learnt of it; without an answer: its registry refuses it. */
export interface TypedLoginVerdict {
  readonly answer?: CredentialAnswer;
  readonly knowledge?: TokenKnowledge;
}

/**
 * Whether a login that was typed for a host of no cluster may be answered. Only a refusal by the registry speaks against
 * it: the engine may reach what this program does not (a proxy of its daemon's own, authorities in its certs.d, plain
 * HTTP). Once refused it stays so until it is accepted: a registry that fails a moment later has not taken its word back.
 * @param answer with the login as it was typed
 */
export async function judgeTypedLogin(
  host: string,
  stored: Pick<StoredLogin, 'id'>,
  answer: CredentialAnswer,
  ports: Pick<AnswerPorts, 'probeTypedLogin' | 'recallKnowledge'>,
): Promise<TypedLoginVerdict> {
  const fingerprint = nameOfStored(stored);
  const known = ports.recallKnowledge();
  const wasRefused = known?.fingerprint === fingerprint && known.refused === true;
  const said = await ports.probeTypedLogin(host, answer.username, answer.secret);
  if (said === 'accepted') return { answer, knowledge: { fingerprint } };
  if (said === 'refused' || wasRefused) return { knowledge: { fingerprint, refused: true } };
  // Who fails is asked again soon. Who can't be reached may stay so, and every time would cost the pull its two seconds.
  return { answer: said === 'failing' ? { ...answer, unchecked: true } : answer };
}

/** Names a typed secret in the cache. No print of it is written down: passwords can be guessed by one. */
export function nameOfStored({ id }: Pick<StoredLogin, 'id'>): string {
  return `stored ${id}`;
}
