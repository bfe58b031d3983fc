import type { Answer, KeptAnswer, SaidAnswer } from '../hosts/answer.ts';
import { usableUntilMs } from '../hosts/answer.ts';
import {
  answerEnvironment,
  CACHE_FORMAT,
  type CachedAnswer,
  type TokenKnowledge,
} from '../hosts/cached-answer.ts';
import type { Moment } from '../hosts/clock.ts';
import type { Decision } from '../hosts/decide-answer.ts';
import { inJson } from '../hosts/reason.ts';
import { makeKey, saveAnswer, saveReady } from './answers.ts';
import { bootId } from './hot-files.ts';
import { formatReady } from './ready-record.ts';
import { fingerprintOf } from './sign-outs.ts';
import type { Sources } from './sources.ts';

/** Where and when an answer was decided. */
export interface DecidedAt {
  readonly cache: string | null;
  readonly env: Record<string, string | undefined>;
  readonly uid: number | undefined;
  readonly now: Moment;
  /** Every file that was looked at. */
  readonly sources: Pick<Sources, 'stamps' | 'wereAtRest'>;
  /** What was known of the host's token before. */
  readonly before: TokenKnowledge | undefined;
  /** `renew` announces nothing: whoever pulls has yet to hear it. */
  readonly isRenewal: boolean;
  workingDirectory(): string;
}

/** A protocol that decisions are kept for. */
export interface KeptWords {
  /** What it keeps a host's answer as, for `readyFile`. */
  nameOf(host: string): string;
  /** An answer in its words. @param untilMs when it is repeated at the latest, in ms since the epoch */
  inWords(answer: Answer, untilMs: number): SaidAnswer;
}

/**
 * Keeps a decision for the next `get`, where that may be.
 * @param inWords an answer in the protocol's words
 * @param asked the other protocol that it was asked in, if it was, whose next call gets it, too
 */
export async function keepDecision(
  host: string,
  decision: Decision,
  at: DecidedAt,
  inWords: (answer: Answer) => SaidAnswer,
  asked?: KeptWords,
): Promise<void> {
  const { cache, env, uid, now } = at;
  const answer = withoutTypedSecret(decision);
  if (cache === null || decision.mayBeKept === false || env.DOCKER_CREDENTIAL_OPENSHIFT_TOKEN) return;
  if (!at.sources.wereAtRest()) return;
  const sources = at.sources.stamps();
  const key = await makeKey(cache, uid);
  if (key === null) return;
  const environment = answerEnvironment(env, uid, at.workingDirectory, key);
  const untilMs = usableUntilMs(answer, now.wallMs);
  const conditions = { decidedAt: now, bootId: bootId(), untilMs, environment, sources };
  const isRepeated = decision.mayBeRepeated !== false;
  const ready = isRepeated
    ? formatReady({ ...conditions, host, answer: answer.kind === 'kept' ? answer : inWords(answer) })
    : undefined;
  const token = learntBy(decision, at);
  const told = decision.missed === undefined ? {} : { missed: decision.missed.map(inJson) };
  const last = { answer: noted(answer), checkedAt: now, ...told };
  const record = { format: CACHE_FORMAT, host, ...last, environment, sources };
  await saveAnswer(cache, token === undefined ? record : { ...record, token }, ready, uid);
  if (asked === undefined || !isRepeated || answer.kind === 'kept') return;
  const name = asked.nameOf(host);
  const other = formatReady({ ...conditions, host: name, answer: asked.inWords(answer, untilMs) });
  await saveReady(cache, name, other, uid);
}

/** What was typed lies where the person wants it, and in no other place. */
function withoutTypedSecret({ answer, stored }: Decision): Answer | KeptAnswer {
  if (stored === undefined || answer.kind === 'anonymous') return answer;
  const { secret: _, ...rest } = answer;
  return { ...rest, kind: 'kept', id: stored.id, where: stored.where };
}

/** What later decisions need of an answer; only what repeats it holds its secret. */
function noted(answer: Answer | KeptAnswer): CachedAnswer['answer'] {
  if (answer.kind !== 'credential') return answer;
  const { secret, ...rest } = answer;
  return { ...rest, fingerprint: fingerprintOf(secret) };
}

/** What is kept of the token. */
function learntBy({ knowledge }: Decision, { before, isRenewal }: DecidedAt): TokenKnowledge | undefined {
  // Where no token was had, what was known of the last one still holds.
  if (knowledge === undefined) return before;
  if (!isRenewal) return knowledge;
  const { announcedAtMs: _, ...rest } = knowledge;
  const earlier = before?.fingerprint === knowledge.fingerprint ? before.announcedAtMs : undefined;
  return earlier === undefined ? rest : { ...rest, announcedAtMs: earlier };
}
