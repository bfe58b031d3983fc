import { answerFile, readAnswerFile, readKey } from '../files/answer-file.ts';
import { stampOf } from '../files/hot-files.ts';
import { recentFailure } from '../files/plugin-failures.ts';
import { fingerprintOf, isHostSignedOut, readSignOuts, signOutFile } from '../files/sign-outs.ts';
import { answerEnvironment, type CachedAnswer } from '../hosts/cached-answer.ts';
import type { OwnChoice } from '../hosts/choose-identity.ts';
import { clockShiftMs } from '../hosts/clock.ts';
import {
  type FactPorts,
  type Gathered,
  gatherFacts,
  type RecordPorts,
  type Search,
} from '../hosts/gather-facts.ts';
import type { HeldToken } from '../hosts/host-facts.ts';
import { loginCommand } from '../hosts/login-command.ts';
import { certificateOpensNothing, obtainToken } from '../hosts/obtain-token.ts';
import { AppError, reasonOf } from '../hosts/reason.ts';
import type { SecretFault } from '../hosts/secret-store.ts';
import { storedLoginFile } from '../keychain/login-records.ts';
import { readClusterClaim } from './clusters-word.ts';
import type { Session } from './session.ts';
import { moment, workingDirectory } from './this-process.ts';
import { tokenPorts } from './token-ports.ts';

/** A host's resolution, by the real files and clusters. @throws AppError naming a file that can't be read */
export function resolve(host: string, session: Session, search: Search): Promise<Gathered> {
  return gatherFacts(host, search, factPorts(session));
}

/** The same with what files tell of its token: no cluster is asked, and no plugin run. */
export function resolveByFiles(host: string, session: Session): Promise<Gathered> {
  return gatherFacts(host, { mayAsk: false }, factPorts(session), recordPorts(session));
}

/** @param keychainFault why the secret of a stored login could not be read a moment ago: it is not asked for again */
export function factPorts(session: Session, keychainFault?: SecretFault): FactPorts {
  const { here, state, access, secrets } = session;
  const signOuts = (host: string): string | undefined => {
    if (state === null) return undefined;
    const file = signOutFile(state, host);
    session.track(file);
    return file;
  };
  return {
    nowMs: Date.now,
    readSettings: session.readSettings,
    readIdentities: async () => (await session.identities()).identities,
    readClaim: (host, identity, mayAsk) => readClusterClaim(host, identity, session, mayAsk),
    obtainToken: (host, identity, order, refused) =>
      obtainToken(host, identity, order, { eager: session.eager, refused }, tokenPorts(session)),
    fingerprintOf,
    isHostSignedOut: async (host) => {
      const file = signOuts(host);
      return file !== undefined && isHostSignedOut(file, here.uid);
    },
    isSignedOut: async (host, fingerprint) => {
      const file = signOuts(host);
      return file !== undefined && readSignOuts(file, here.uid).includes(fingerprint);
    },
    findStored: (host) => {
      if (state !== null) session.track(storedLoginFile(state, host));
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

function recordPorts(session: Session): RecordPorts {
  return {
    heldToken: (host, own) => heldToken(host, own, session),
    lastAnswer: (host) => {
      const record = lastRecord(host, session);
      if (record === undefined) return {};
      return { knowledge: record.token, ...(isDerivedFromNow(record, session) ? { last: record } : {}) };
    },
  };
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

/** The token that the host would get now, if it lies somewhere. */
async function heldToken(host: string, own: OwnChoice, session: Session): Promise<HeldToken> {
  const { here, cache, state } = session;
  const { source, server, context } = own.identity;
  if (source.kind === 'none' && own.order?.selfRenew !== true) return {};
  try {
    const kept = await tokenAtHand(own, session);
    const token = typeof kept === 'object' ? kept.token : kept;
    const fingerprint = token === undefined ? undefined : fingerprintOf(token);
    const signedOut = state === null ? [] : readSignOuts(signOutFile(state, host), here.uid);
    const failed =
      source.kind === 'exec' ? recentFailure(cache, source.plugin, here.uid, Date.now()) : undefined;
    const fix = { run: loginCommand(server, context) };
    return {
      token,
      fingerprint,
      life: typeof kept === 'object' ? kept : undefined,
      isSignedOut: fingerprint !== undefined && signedOut.includes(fingerprint),
      failure: failed === undefined ? undefined : { code: 'plugin-failed-before', why: failed, fix },
    };
  } catch (error) {
    // No token, or a file of it that can't be read, is what is wrong with the host.
    if (!(error instanceof AppError)) throw error;
    return { fault: reasonOf(error) };
  }
}

async function tokenAtHand({ identity, order }: OwnChoice, session: Session) {
  const ports = tokenPorts(session);
  const { source } = identity;
  if (order === undefined && source.kind === 'token') return source.token;
  if (order === undefined && source.kind === 'token-file') return ports.readTokenFile(source.path);
  if (order === undefined && source.kind === 'client-certificate') throw certificateOpensNothing(identity);
  const kept = ports.recallKept(await ports.keyOf(identity, order));
  // What is over is had anew when it is asked for: that is no fault.
  return kept !== undefined && kept.expiresAtMs > Date.now() ? kept : undefined;
}
