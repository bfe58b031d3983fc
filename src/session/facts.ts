import { discoverRegistryHosts } from '../cluster/discover-registry-hosts.ts';
import { answerFile, readAnswerFile, readKey } from '../files/answer-file.ts';
import { removeAnswer } from '../files/answers.ts';
import { stampOf } from '../files/hot-files.ts';
import { type KeptWords, keepDecision } from '../files/keep-decision.ts';
import { claimFile, readAllClaims, readClaimFile, saveClaim } from '../files/kept-tokens.ts';
import { recentFailure } from '../files/plugin-failures.ts';
import {
  clearSignOuts,
  fingerprintOf,
  isHostSignedOut,
  readSignOuts,
  signOutFile,
} from '../files/sign-outs.ts';
import { answerEnvironment, type CachedAnswer } from '../hosts/cached-answer.ts';
import type { AnswerPorts } from '../hosts/check-token.ts';
import { whyNotAsked } from '../hosts/choose-identity.ts';
import { clockShiftMs } from '../hosts/clock.ts';
import { type Decision, decideAnswer } from '../hosts/decide-answer.ts';
import { decideForPod, type Pod } from '../hosts/decide-for-pod.ts';
import { type FactPorts, type Gathered, gatherFacts, type Search } from '../hosts/gather-facts.ts';
import type { ClaimReading } from '../hosts/host-facts.ts';
import type { Identity } from '../hosts/identity.ts';
import { heldToken } from '../hosts/known-token.ts';
import { obtainToken } from '../hosts/obtain-token.ts';
import { readClaim } from '../hosts/read-claim.ts';
import { errorOf } from '../hosts/reason.ts';
import type { SecretFault, StoredLogin } from '../hosts/secret-store.ts';
import { identityAtHand } from '../hosts/store-and-erase.ts';
import { storedLoginFile } from '../keychain/login-records.ts';
import { logged } from '../process/log.ts';
import { moment, workingDirectory } from '../process/this-process.ts';
import { inWords } from '../protocol/serve-get.ts';
import { decisionFields, logResolution } from './log-events.ts';
import type { Session } from './session.ts';
import { bearerOf, forgetKept, tokenPorts } from './tokens.ts';

/** A host's resolution, by the real files and clusters. @throws AppError naming a file that can't be read */
export function resolve(host: string, session: Session, search: Search): Promise<Gathered> {
  return gatherFacts(host, search, factPorts(session));
}

/** The same with what files tell of its token: no cluster is asked, and no plugin run. */
export function resolveByFiles(host: string, session: Session): Promise<Gathered> {
  const { cache, here } = session;
  const facts = factPorts(session);
  const held = {
    ...tokenPorts(session),
    fingerprintOf,
    isSignedOut: facts.isSignedOut,
    recentFailure: (plugin: Parameters<typeof recentFailure>[1]) =>
      recentFailure(cache, plugin, here.uid, session.nowMs()),
  };
  return gatherFacts(host, { mayAsk: false }, facts, {
    heldToken: (name, own) => heldToken(name, own, held),
    lastAnswer: (name) => {
      const record = lastRecord(name, session);
      if (record === undefined) return {};
      return { knowledge: record.token, ...(isDerivedFromNow(record, session) ? { last: record } : {}) };
    },
  });
}

/** A decision; `keep` makes it the cached one, where it may be. */
export type KeepableDecision = Decision & { keep(): Promise<void> };

/**
 * Decides a host's answer with the real files and clusters.
 * @param keychainFault why the secret of a typed login could not be read a moment ago: it is not asked for again
 */
export function decide(
  host: string,
  session: Session,
  keychainFault?: SecretFault,
): Promise<KeepableDecision> {
  return decideBy((ports) => decideAnswer(host, ports), host, session, { keychainFault });
}

/** The same for a pod. @param asked how the kubelet's next call is answered, where every pod gets the same */
export function decidePod(
  host: string,
  pod: Pod,
  session: Session,
  asked: KeptWords | undefined,
): Promise<KeepableDecision> {
  return decideBy((ports) => decideForPod(host, pod, ports), host, session, { asked });
}

async function decideBy(
  decideWith: (ports: FactPorts & AnswerPorts) => Promise<Decision>,
  host: string,
  session: Session,
  { keychainFault, asked }: { keychainFault?: SecretFault | undefined; asked?: KeptWords | undefined },
): Promise<KeepableDecision> {
  const { access, cache, here, secrets } = session;
  const notes: (() => Promise<void>)[] = [];
  const ports = {
    ...factPorts(session, keychainFault),
    recallKnowledge: () => lastRecord(host, session)?.token,
    inspectToken: access.inspectToken,
    probeRegistry: access.probeRegistry,
    probeTypedLogin: access.probeTypedLogin,
    noteCluster: (login: StoredLogin, server: string) =>
      void notes.push(() => secrets.noteCluster(login, server)),
    noteResolution: logResolution,
  };
  const decision = await logged('decided', { host }, () => decideWith(ports), decisionFields);
  const keep = async () => {
    await session.reachability.save();
    const before = lastRecord(host, session)?.token;
    const at = { cache, ...here, now: moment(), sources: session.sources, before, workingDirectory };
    const isRenewal = session.eager;
    await keepDecision(host, decision, { ...at, isRenewal }, (answer) => inWords(host, answer), asked);
    for (const note of notes) await note();
  };
  return { ...decision, keep };
}

/**
 * Where the facts of a session come from.
 * @param keychainFault why the secret of a typed login could not be read a moment ago: it is not asked for again
 */
export function factPorts(session: Session, keychainFault?: SecretFault): FactPorts {
  const { here, state, access, secrets } = session;
  const signOuts = async (host: string): Promise<string | undefined> => {
    if (state === null) return undefined;
    const file = signOutFile(state, host);
    await session.sources.settle(file);
    return file;
  };
  return {
    nowMs: session.nowMs,
    readSettings: session.readSettings,
    readIdentities: async () => (await session.identities()).identities,
    readClaim: (host, identity, mayAsk) => claimOf(host, identity, session, mayAsk),
    obtainToken: (host, identity, order, refused) =>
      obtainToken(host, identity, order, { eager: session.eager, refused }, tokenPorts(session)),
    fingerprintOf,
    isHostSignedOut: async (host) => {
      const file = await signOuts(host);
      return file !== undefined && isHostSignedOut(file, here.uid);
    },
    isSignedOut: async (host, fingerprint) => {
      const file = await signOuts(host);
      return file !== undefined && readSignOuts(file, here.uid).includes(fingerprint);
    },
    findStored: async (host) => {
      if (state !== null) await session.sources.settle(storedLoginFile(state, host));
      return secrets.find(host);
    },
    whyStoredUnusable: (host) => secrets.whyUnusable(host),
    readStored: async (login) =>
      // What was gone a moment ago may only have been replaced: the one that is there now is asked for.
      keychainFault === undefined || keychainFault === 'gone'
        ? secrets.read(login)
        : { fault: keychainFault },
    registryTakes: access.registryTakes,
  };
}

/**
 * What an identity's cluster says of a host.
 * @param mayAsk false: only what it said before counts
 */
export function claimOf(
  host: string,
  identity: Identity,
  session: Session,
  mayAsk: boolean,
): Promise<ClaimReading> {
  const { cache, here } = session;
  const wordFile = async (of: Identity) =>
    cache === null ? null : claimFile(cache, await session.connectionOf(of));
  return readClaim(host, identity, {
    nowMs: session.nowMs,
    mayAsk,
    recallWord: async (of) => {
      const file = await wordFile(of);
      return file === null ? undefined : readClaimFile(file, here.uid);
    },
    recallAllWords: async () => (cache === null ? [] : readAllClaims(cache, here.uid)),
    servers: async () => (await session.identities()).identities.all.map(({ server }) => server),
    keepWord: async (of, word) => {
      const file = await wordFile(of);
      if (file !== null) await saveClaim(file, word, here.uid);
    },
    discover: (of, wanted) => discover(of, session, (hosts) => hosts.includes(wanted)),
  });
}

/**
 * Asks a cluster for its registry's hosts.
 * @param isEnough ends the search early
 * @throws AppError if the identity has no token to ask with
 */
export async function discover(
  identity: Identity,
  session: Session,
  isEnough: (hosts: readonly string[]) => boolean,
) {
  const reason = whyNotAsked(identity, (await session.identities()).identities, session.chosenContexts);
  if (reason !== undefined) throw errorOf(reason);
  const bearer = await bearerOf(identity, session);
  const ask = (path: string) => session.access.ask(identity, bearer, path);
  return discoverRegistryHosts(identity, ask, isEnough);
}

/** What the host was last answered with, the end of its token told by the clock of now. */
export function lastRecord(host: string, { cache, here }: Session): CachedAnswer | undefined {
  const record = cache === null ? null : readAnswerFile(answerFile(cache, host), here.uid);
  if (record === null) return undefined;
  const { token } = record;
  if (typeof token?.expiresAtMs !== 'number') return record;
  const expiresAtMs = token.expiresAtMs + clockShiftMs(record.checkedAt, moment());
  return { ...record, token: { ...token, expiresAtMs } };
}

/** Whether what a record was derived from is as it was then, however long ago: else its answer says nothing of now. */
export function isDerivedFromNow({ sources, environment }: CachedAnswer, { here, cache }: Session): boolean {
  const key = cache === null ? null : readKey(cache, here.uid);
  if (key === null || environment !== answerEnvironment(here.env, here.uid, workingDirectory, key))
    return false;
  return sources.every(([path, stamp]) => stampOf(path) === stamp);
}

/** Lifts whatever signed a host out, and drops what it was answered with. */
export async function signIn(host: string, session: Pick<Session, 'cache' | 'state'>): Promise<void> {
  if (session.state !== null) await clearSignOuts(signOutFile(session.state, host));
  await forgetAnswer(host, session);
}

/** Drops what is cached for a host. */
export async function forgetAnswer(host: string, { cache }: Pick<Session, 'cache'>): Promise<void> {
  if (cache !== null) await removeAnswer(cache, host);
}

/**
 * Drops what was minted for a host, or a plugin gave for it.
 * @returns the file that it was in; undefined: there was none
 */
export async function forgetToken(host: string, session: Session): Promise<string | undefined> {
  const identity = identityAtHand(
    await resolve(host, session, { mayAsk: false, typed: null, signedOut: false }),
  );
  return identity === undefined ? undefined : forgetKept(host, identity, session);
}
