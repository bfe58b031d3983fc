import { bootId } from '../files/hot-files.ts';
import { formatReady } from '../files/ready-record.ts';
import { makeKey, saveAnswer } from '../files/save-answer.ts';
import { fingerprintOf } from '../files/sign-outs.ts';
import { type Answer, type KeptAnswer, usableUntilMs } from '../hosts/answer.ts';
import {
  answerEnvironment,
  CACHE_FORMAT,
  type CachedAnswer,
  type TokenKnowledge,
} from '../hosts/cached-answer.ts';
import { type Decision, decideAnswer } from '../hosts/decide-answer.ts';
import type { SecretFault } from '../hosts/secret-store.ts';
import { inWords } from '../protocol/serve-get.ts';
import { factPorts, lastRecord } from './resolve.ts';
import type { Session } from './session.ts';
import { moment, workingDirectory } from './this-process.ts';

/** A file that changed this recently may change again without a trace: the clocks of file systems tick slowly. */
const RACY_MS = 20;

/**
 * Decides a host's answer with the real files and clusters; `keep` makes it the cached one.
 * @param keychainFault why the secret of a stored login could not be read a moment ago: it is not asked for again
 */
export async function decide(
  host: string,
  session: Session,
  keychainFault?: SecretFault,
): Promise<Decision & { keep(): Promise<void> }> {
  const found: (() => Promise<void>)[] = [];
  const { access } = session;
  const decision = await decideAnswer(host, {
    ...factPorts(session, keychainFault),
    recallKnowledge: () => lastRecord(host, session)?.token,
    inspectToken: access.inspectToken,
    probeRegistry: access.probeRegistry,
    probeTypedLogin: access.probeTypedLogin,
    noteCluster: (login, server) => void found.push(() => session.secrets.noteCluster(login, server)),
  });
  return {
    ...decision,
    keep: async () => {
      await keep(host, decision, session);
      for (const note of found) await note();
    },
  };
}

async function keep(host: string, decision: Decision, session: Session): Promise<void> {
  const { here, cache } = session;
  await session.reachability.save();
  const { mayBeKept } = decision;
  const answer = withoutStoredSecret(decision);
  if (cache === null || mayBeKept === false || here.env.DOCKER_CREDENTIAL_OPENSHIFT_TOKEN) return;
  const checkedAt = moment();
  const sources = session.sources();
  if (sources.some(([, stamp]) => isRacy(stamp, checkedAt.wallMs))) return;
  const key = await makeKey(cache, here.uid);
  if (key === null) return;
  const environment = answerEnvironment(here.env, here.uid, workingDirectory, key);
  const ready = formatReady({
    host,
    decidedAt: checkedAt,
    bootId: bootId(),
    untilMs: usableUntilMs(answer, checkedAt.wallMs),
    environment,
    sources,
    answer: answer.kind === 'kept' ? answer : inWords(host, answer),
  });
  const token = learntBy(decision, lastRecord(host, session)?.token, session);
  const record = { format: CACHE_FORMAT, host, answer: noted(answer), checkedAt, environment, sources };
  await saveAnswer(cache, token === undefined ? record : { ...record, token }, ready, here.uid);
}

/** What was typed lies where the person wants it, and in no other place. */
function withoutStoredSecret({ answer, stored }: Decision): Answer | KeptAnswer {
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

/** What is kept of the token. `renew` announces nothing: whoever pulls has yet to hear it. */
function learntBy(
  { knowledge }: Decision,
  before: TokenKnowledge | undefined,
  { eager }: Session,
): TokenKnowledge | undefined {
  // Where no token was had, what was known of the last one still holds.
  if (knowledge === undefined) return before;
  if (!eager) return knowledge;
  const { announcedAtMs: _, ...rest } = knowledge;
  const earlier = before?.fingerprint === knowledge.fingerprint ? before.announcedAtMs : undefined;
  return earlier === undefined ? rest : { ...rest, announcedAtMs: earlier };
}

/** @param stamp as `stampOf` makes it, with the time of the last change at its end */
function isRacy(stamp: string | null, nowMs: number): boolean {
  const changedNs = stamp?.slice(stamp.lastIndexOf(':') + 1);
  return changedNs !== undefined && nowMs - Number(BigInt(changedNs) / 1_000_000n) < RACY_MS;
}
