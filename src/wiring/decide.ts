import { answerFile, readAnswerFile } from '../files/answer-file.ts';
import { fingerprintOf } from '../files/fingerprint.ts';
import { bootId } from '../files/hot-files.ts';
import { formatReady } from '../files/ready-record.ts';
import { makeKey, saveAnswer } from '../files/save-answer.ts';
import { isHostSignedOut, readSignOuts, signOutFile } from '../files/sign-outs.ts';
import { type Answer, type KeptAnswer, usableUntilMs } from '../hosts/answer.ts';
import {
  answerEnvironment,
  CACHE_FORMAT,
  type CachedAnswer,
  type TokenKnowledge,
} from '../hosts/cached-answer.ts';
import { clockShiftMs } from '../hosts/clock.ts';
import { boundClusterOfStored, type ClusterOfStored, clusterOfStored } from '../hosts/cluster-of-stored.ts';
import {
  type DecideWithStoredPorts,
  decideWithStored,
  type StoredDecision,
} from '../hosts/decide-with-stored.ts';
import { jwtEndMs } from '../hosts/jwt.ts';
import { obtainToken } from '../hosts/obtain-token.ts';
import type { SecretFault } from '../hosts/secret-store.ts';
import { storedLoginFile } from '../keychain/logins/stored-logins.ts';
import { inWords } from '../protocol/serve-get.ts';
import { readClusterClaim } from './clusters-word.ts';
import type { Session } from './session.ts';
import { isClusterKnown } from './sign-in.ts';
import { moment, workingDirectory } from './this-process.ts';
import { tokenPorts } from './token-ports.ts';

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
): Promise<StoredDecision & { keep(): Promise<void> }> {
  const found: (() => Promise<void>)[] = [];
  const ports = decidePorts(host, session, keychainFault);
  const decision = await decideWithStored(host, {
    ...ports,
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

async function keep(host: string, decision: StoredDecision, session: Session): Promise<void> {
  const { here, cache } = session;
  await session.reachability.save();
  const { mayLie } = decision;
  const answer = withoutStoredSecret(decision);
  if (cache === null || mayLie === false || here.env.DOCKER_CREDENTIAL_OPENSHIFT_TOKEN) return;
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
  const token = learntBy(decision, recallKnowledge(host, session), session);
  const record = { format: CACHE_FORMAT, host, answer: noted(answer), checkedAt, environment, sources };
  await saveAnswer(cache, token === undefined ? record : { ...record, token }, ready, here.uid);
}

/** What was typed lies where the person wants it, and in no other place. */
function withoutStoredSecret({ answer, stored }: StoredDecision): Answer | KeptAnswer {
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
  { knowledge }: StoredDecision,
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

/** What was known of the host's token when it was last asked for, its times told by the clock of now. */
export function recallKnowledge(host: string, { cache, here }: Session): TokenKnowledge | undefined {
  const record = cache === null ? null : readAnswerFile(answerFile(cache, host), here.uid);
  const token = record?.token;
  if (record === null || typeof token?.expiresAtMs !== 'number') return token;
  return { ...token, expiresAtMs: token.expiresAtMs + clockShiftMs(record.checkedAt, moment()) };
}

/** Whether a person signed out of the host by `logout`, as far as is remembered. */
export function isSignedOutByLogout(host: string, { state, here, track }: Session): boolean {
  if (state === null) return false;
  const file = signOutFile(state, host);
  track(file);
  return isHostSignedOut(file, here.uid);
}

function decidePorts(
  host: string,
  session: Session,
  keychainFault: SecretFault | undefined,
): Omit<DecideWithStoredPorts, 'noteCluster'> {
  const { here, state, access } = session;
  const tokens = tokenPorts(session);
  return {
    nowMs: Date.now,
    readSettings: session.readSettings,
    readIdentities: async () => (await session.identities()).identities,
    readClaim: (name, identity) => readClusterClaim(name, identity, session, true),
    obtainToken: (name, identity, order, refused) =>
      obtainToken(name, identity, order, { eager: session.eager, refused }, tokens),
    fingerprintOf,
    recallKnowledge: () => recallKnowledge(host, session),
    isClusterKnown: (name) => isClusterKnown(name, session),
    isHostSignedOut: async (name) => isSignedOutByLogout(name, session),
    isSignedOut: async (name, fingerprint) => {
      if (state === null) return false;
      const file = signOutFile(state, name);
      session.track(file);
      return readSignOuts(file, here.uid).includes(fingerprint);
    },
    findStored: (name) => {
      if (state !== null) session.track(storedLoginFile(state, name));
      return session.secrets.find(name);
    },
    whyStoredUnusable: (name) => session.secrets.whyUnusable(name),
    readStored: async (login) =>
      // What was gone a moment ago may only have been replaced: the one that is there now is asked for.
      keychainFault === undefined || keychainFault === 'gone'
        ? session.secrets.read(login)
        : { fault: keychainFault },
    endOf: jwtEndMs,
    inspectToken: access.inspectToken,
    probeRegistry: access.probeRegistry,
    probeTypedLogin: access.probeTypedLogin,
    registryTakes: access.registryTakes,
  };
}

/**
 * Whose a login is that was typed for a host just now; asks the current cluster and the registry if need be.
 * @param typed of no record yet
 */
export async function clusterOfTyped(
  host: string,
  { username, secret }: { readonly username: string; readonly secret: string },
  session: Session,
): Promise<ClusterOfStored> {
  const { settings } = await session.readSettings(host);
  const ports = decidePorts(host, session, undefined);
  const known = await boundClusterOfStored(host, { username, boundTo: undefined }, settings, ports);
  return clusterOfStored(host, secret, settings, known, ports);
}

/** @param stamp as `stampOf` makes it, with the time of the last change at its end */
function isRacy(stamp: string | null, nowMs: number): boolean {
  const changedNs = stamp?.slice(stamp.lastIndexOf(':') + 1);
  return changedNs !== undefined && nowMs - Number(BigInt(changedNs) / 1_000_000n) < RACY_MS;
}
