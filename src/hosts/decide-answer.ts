import type { CredentialAnswer } from './answer.ts';
import { answerWithToken, judgeTypedLogin, type TokenAnswer } from './answer-with-token.ts';
import { type AnswerPorts, basicUsername } from './check-token.ts';
import { type FactPorts, gatherFacts, resolveFurther, type Search } from './gather-facts.ts';
import type { HostFacts, Refusal } from './host-facts.ts';
import type { Identity } from './identity.ts';
import { jwtEndMs } from './jwt.ts';
import { logInAgain } from './login-command.ts';
import { AppError, type Reason, reasonOf } from './reason.ts';
import { type Resolution, warningsOf } from './resolve-host.ts';
import { type TypedChoice, typedLoginInWords } from './resolve-typed.ts';
import type { StoredLogin } from './secret-store.ts';
import { storedIdentity } from './typed-token.ts';

/** An answer, and what was learnt on the way. */
export interface Decision extends TokenAnswer {
  /** Whose token it is; undefined where nobody answers. */
  readonly identity?: Identity;
  /** What was typed, where that is what is answered. */
  readonly stored?: StoredLogin;
  /** Why what was typed is not, where something else is answered. */
  readonly missed?: readonly Reason[];
  /**
   * False for what is kept in no file: a token that lies on the cluster only and does not end by itself within a day, and
   * that a keychain could not be read.
   */
  readonly mayBeKept?: boolean;
  /** False for what takes the place of a login whose keyring may be unlocked at any moment: the next `get` asks again. */
  readonly mayBeRepeated?: boolean;
}

/**
 * `get`, from the start: whose login the host gets, and whether the cluster, or the registry, accepts it. What a person
 * typed for the host comes before the context's own, as long as it is good; a dead one would close public images, too.
 * @param host a normalised registry host
 * @param search `typed: null`: what a person typed does not count
 */
export async function decideAnswer(
  host: string,
  ports: FactPorts & AnswerPorts & { noteResolution?(resolution: Resolution): void },
  search: Pick<Search, 'mayAsk' | 'typed'> = { mayAsk: true },
): Promise<Decision> {
  const gathered = await gatherFacts(host, search, ports);
  const { facts, resolution, stored } = gathered;
  const { typed } = resolution;
  ports.noteResolution?.(resolution);
  if (resolution.state !== 'typed' || typed === undefined || stored === undefined) {
    return answerOwn(resolution, facts, ports);
  }
  const outcome = await answerTyped(host, typed, stored, ports);
  if (!('reasons' in outcome)) return withWarnings(outcome, [], facts);
  const refused = { ...facts, typed: { login: stored, refusal: outcome } };
  const further = await resolveFurther(host, { facts: refused, stored }, search, ports);
  ports.noteResolution?.(further.resolution);
  return answerOwn(further.resolution, further.facts, ports);
}

/** Has what was typed judged, by the cluster that it is a token of, or by the registry itself. */
async function answerTyped(
  host: string,
  { route, token, secret = '' }: TypedChoice,
  stored: StoredLogin,
  ports: FactPorts & AnswerPorts,
): Promise<Decision | Refusal> {
  const { username } = stored;
  if (route === undefined || token === undefined) {
    const expiresAtMs = stored.expiresAtMs ?? jwtEndMs(secret) ?? null;
    const answer = { kind: 'credential', username, secret, expiresAtMs } as const;
    const { answer: judged, ...learnt } = await judgeTypedLogin(host, stored, answer, ports);
    if (judged !== undefined) return { ...learnt, answer: fitting(judged), stored };
    const why = `${typedLoginInWords(host, stored)} is not accepted by ${host}`;
    return { ...learnt, kind: 'refused', reasons: [{ code: 'typed-refused', why, fix: logInAgain(host) }] };
  }
  if (stored.boundTo === undefined) ports.noteCluster(stored, route.server);
  try {
    const identity = storedIdentity(route, username, token);
    const checked = await answerWithToken(host, identity, undefined, ports);
    if (checked.answer.kind === 'anonymous') return { kind: 'refused', reasons: checked.answer.reasons };
    return { ...checked, answer: fitting({ ...checked.answer, username }), identity, stored };
  } catch (error) {
    // What keeps it from being checked is told; a defect is not told as such.
    if (!(error instanceof AppError)) throw error;
    return { kind: 'out-of-reach', reasons: [reasonOf(error)] };
  }
}

/** How the owner of what is answered is called: the name in the answer itself may be another, see `basicUsername`. */
export function ownerOf(
  { username }: CredentialAnswer,
  { stored, knowledge }: { readonly [Key in 'knowledge' | 'stored']?: Decision[Key] | undefined },
): string {
  return stored?.username || knowledge?.username || username;
}

/** What was typed is answered as it was typed; but the name beside an OAuth token, which no registry reads, fits every engine. */
function fitting(answer: CredentialAnswer): CredentialAnswer {
  const { username, secret } = answer;
  return secret.startsWith('sha256~') ? { ...answer, username: basicUsername(username, secret) } : answer;
}

/** What is answered by an identity of this machine; what was typed should be heard of where it is missed. */
async function answerOwn(
  resolution: Resolution,
  facts: HostFacts,
  ports: FactPorts & AnswerPorts,
): Promise<Decision> {
  const { host, state, own, missed, reasons } = resolution;
  // A keyring that is unlocked should show at once.
  const unkept = missed?.kind === 'out-of-reach' ? { mayBeKept: false } : {};
  const learnt = missed?.knowledge === undefined ? {} : { knowledge: missed.knowledge };
  if (state !== 'own' || own === undefined) {
    const signedOut = state === 'signed-out' && reasons.length > 0 ? { signedOut: true } : {};
    return { answer: { kind: 'anonymous', reasons }, ...learnt, ...unkept, ...signedOut };
  }
  const { identity, order } = own;
  try {
    const answered = await answerWithToken(host, identity, order, ports);
    const { answer } = answered;
    if (answer.kind === 'anonymous') {
      const all = [...(missed?.reasons ?? []), ...answer.reasons];
      const signedOut = missed === undefined ? {} : { signedOut: false };
      return {
        ...learnt,
        ...answered,
        answer: { ...answer, reasons: all },
        identity,
        ...signedOut,
        ...unkept,
      };
    }
    const mayBeKept = order === undefined || endsSoonEnough(answer, ports.nowMs());
    // What could not be had may be there in a moment; its end was told by then, and what takes its place is as good.
    const unchecked = missed?.kind === 'out-of-reach' ? ({ unchecked: true } as const) : {};
    const untold = warningsOf(missed);
    const unanswered = untold.length === 0 ? {} : { missed: untold };
    const unrepeated = missed?.asksAgain === true ? { mayBeRepeated: false } : {};
    const decision = {
      ...answered,
      answer: { ...answer, ...unchecked },
      identity,
      mayBeKept,
      ...unrepeated,
      ...unanswered,
    };
    return withWarnings(decision, untold, facts);
  } catch (error) {
    // What keeps a token from being had is a reason to go on without one; a defect is not told as one.
    if (!(error instanceof AppError)) throw error;
    const all = [...(missed?.reasons ?? []), reasonOf(error)];
    return { ...learnt, answer: { kind: 'anonymous', reasons: all }, identity, ...unkept };
  }
}

/** Whatever is wrong with the config comes after what is to be said of the login. */
function withWarnings(decision: Decision, before: readonly Reason[], { settings }: HostFacts): Decision {
  const { warning } = settings;
  const after = warning === undefined ? [] : [warning];
  const warnings = [...before, ...(decision.warnings ?? []), ...after];
  return warnings.length === 0 ? decision : { ...decision, warnings };
}

/** What ends by itself within a day, and what little a cluster may add to that, may lie in a private file. */
function endsSoonEnough({ expiresAtMs }: CredentialAnswer, nowMs: number): boolean {
  return expiresAtMs !== null && expiresAtMs - nowMs <= 25 * 3_600_000;
}
