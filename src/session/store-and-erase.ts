import { listAnswers } from '../files/answers.ts';
import { cacheDirectory, type Place, stateDirectory } from '../files/directories.ts';
import { writeAnswerOut } from '../files/hot-files.ts';
import { addSignOut, fingerprintOf, notSignedOut, signOutFile } from '../files/sign-outs.ts';
import { eraseDockerToken, storeDockerToken } from '../hosts/docker-tokens.ts';
import { isJobsKubeconfig } from '../hosts/environment-settings.ts';
import { inOneLine } from '../hosts/reason.ts';
import {
  eraseCredential,
  type StoreAndErasePorts,
  storeCredential,
  type TypedCredential,
} from '../hosts/store-and-erase.ts';
import { readStoredRecords } from '../keychain/login-records.ts';
import { isDockerToken } from '../registry/registry-host.ts';
import { forgetAnswer, isDerivedFromNow, lastRecord, resolve, signIn } from './facts.ts';
import type { Session } from './session.ts';
import { bearerOf, forgetKept, isServiceAccountToken } from './tokens.ts';

/** The protocol's `erase`. @throws AppError naming what could not be forgotten */
export async function erase(host: string, session: Session): Promise<void> {
  if (isDockerToken(host)) return eraseDockerToken(host, session.secrets);
  await eraseCredential(host, storeAndErasePorts(session));
}

/**
 * Keeps a login that was typed.
 * @param asking where plugins and clusters are asked
 * @throws AppError: then nothing was kept
 */
export async function store(
  typed: TypedCredential,
  session: Session,
  asking: Session = session,
): Promise<void> {
  if (isDockerToken(typed.host)) return storeDockerToken(typed, session.secrets);
  await storeCredential(typed, storeAndErasePorts(session, asking));
}

function storeAndErasePorts(session: Session, asking: Session = session): StoreAndErasePorts {
  const { state, here } = session;
  return {
    resolve: (name, mayAsk, login) => resolve(name, asking, { mayAsk, typed: login, signedOut: false }),
    readToken: (identity) => bearerOf(identity, asking),
    wasAnswered: (name, secret) => wasAnswered(name, secret, session),
    inspect: asking.access.inspectToken,
    warn: (reason) => writeAnswerOut(2, `docker-credential-openshift: ${inOneLine([reason])}\n`),
    keep: (login, secret) => session.secrets.keep(login, secret),
    signIn: (name) => signIn(name, session),
    forgetKept: async (name, identity) => void (await forgetKept(name, identity, session)),
    fingerprintOf,
    isServiceAccountToken,
    isJobs: isJobsKubeconfig(here.env),
    signOut: async (name, fingerprint) => {
      if (state === null) return false;
      const file = signOutFile(state, name);
      if (await addSignOut(file, fingerprint, here.uid)) return true;
      throw await notSignedOut(name, file, here.uid);
    },
    forgetAnswer: (name) => forgetAnswer(name, session),
    forgetStored: async (name) => void (await session.secrets.erase(name)),
  };
}

/** `docker login` stores what it was given by `get`, too. */
function wasAnswered(host: string, secret: string, session: Session): boolean {
  const record = lastRecord(host, session);
  // What was answered to somebody else, before another login or context, is typed by whoever wants it back.
  if (record?.answer.kind !== 'credential' || !isDerivedFromNow(record, session)) return false;
  return record.answer.fingerprint === fingerprintOf(secret);
}

/** The protocol's `list`: user names by host. What was typed has the name that its engine gave the host: docker's URL. */
export function listLogins(here: Place): Record<string, string> {
  const [cache, state] = [cacheDirectory(here), stateDirectory(here)];
  const records = state === null ? [] : readStoredRecords(state, here.uid);
  return {
    ...(cache === null ? {} : listAnswers(cache, here.uid)),
    ...Object.fromEntries(
      records.flatMap(({ login }) => (login === undefined ? [] : [[login.serverUrl, login.username]])),
    ),
  };
}
