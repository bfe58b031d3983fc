import { cacheDirectory, stateDirectory } from '../files/directories.ts';
import { writeAnswerOut } from '../files/hot-files.ts';
import { listAnswers } from '../files/list-answers.ts';
import { addSignOut, fingerprintOf, notSignedOut, signOutFile } from '../files/sign-outs.ts';
import { eraseDockerToken, storeDockerToken } from '../hosts/docker-tokens.ts';
import { eraseCredential } from '../hosts/erase-credential.ts';
import { readJwt } from '../hosts/jwt.ts';
import { inOneLine } from '../hosts/reason.ts';
import { storeCredential, type TypedCredential } from '../hosts/store-credential.ts';
import { readStoredRecords } from '../keychain/login-records.ts';
import { place } from '../process/this-process.ts';
import { typedText } from '../protocol/read-typed-credential.ts';
import { type OtherVerb, serveOther } from '../protocol/serve-others.ts';
import { waitForStdin } from '../protocol/wait-for-stdin.ts';
import { isDockerToken } from '../registry/registry-host.ts';
import { forgetAnswer, isDerivedFromNow, lastRecord, resolve, signIn } from './host-ports.ts';
import { createSession, type Session } from './session.ts';
import { bearerOf, forgetKept } from './token-ports.ts';

/** Every verb ends within 5 s, counted from the start of the process, as `get` does. */
const DEADLINE_MS = 4650;
/** When requests end, so that what follows from their end can still be said. */
const VERB_ENDS_MS = 4500;
/** When plugins and clusters have had their time in `store`, so that a keychain that hangs, too, can still be named. */
const CLUSTERS_END_MS = 3000;

/** The protocol's `erase`, `list` and `store`. @returns the exit status */
export async function serveVerb(verb: OtherVerb): Promise<number> {
  const here = place();
  const cache = cacheDirectory(here);
  return serveOther(verb, {
    write: writeAnswerOut,
    listCredentials: () => ({
      ...(cache === null ? {} : listAnswers(cache, here.uid)),
      ...listStored(stateDirectory(here), here.uid),
    }),
    whyNotListed: async () => {
      const { secrets } = createSession(here, VERB_ENDS_MS);
      return (await secrets.unusable()).map(({ why }) => why);
    },
    onDeadline: (call) => {
      setTimeout(call, Math.max(0, DEADLINE_MS - performance.now()));
    },
    waitForStdin: async (limit, endsAtNewline) => {
      const bytes = await waitForStdin('', limit, endsAtNewline);
      if (typeof bytes !== 'string') return bytes;
      // What is no UTF-8 names no host to erase; a secret would be kept as another one.
      return endsAtNewline ? Buffer.from(bytes, 'latin1').toString() : typedText(bytes);
    },
    eraseCredential: (host) => {
      const session = createSession(here, VERB_ENDS_MS);
      return isDockerToken(host) ? eraseDockerToken(host, session.secrets) : erase(host, session);
    },
    storeCredential: (typed) => {
      const session = createSession(here, VERB_ENDS_MS);
      return isDockerToken(typed.host)
        ? storeDockerToken(typed, session.secrets)
        : store(typed, session, createSession(here, CLUSTERS_END_MS));
    },
  });
}

/** By the names that engines gave the hosts: docker looks for Docker Hub by a URL. */
function listStored(state: string | null, uid: number | undefined): Record<string, string> {
  const records = state === null ? [] : readStoredRecords(state, uid);
  return Object.fromEntries(
    records.flatMap(({ login }) => (login === undefined ? [] : [[login.serverUrl, login.username]])),
  );
}

async function erase(host: string, session: Session): Promise<void> {
  const { state, here } = session;
  await eraseCredential(host, {
    resolve: (name) => resolve(name, session, { mayAsk: false, typed: null, signedOut: false }),
    forgetKept: async (name, identity) => void (await forgetKept(name, identity, session)),
    fingerprintOf,
    isServiceAccountToken: (token) => readJwt(token)?.subject?.startsWith('system:serviceaccount:') === true,
    signOut: async (name, fingerprint) => {
      if (state === null) return false;
      const file = signOutFile(state, name);
      if (await addSignOut(file, fingerprint, here.uid)) return true;
      throw await notSignedOut(name, file, here.uid);
    },
    forgetAnswer: (name) => forgetAnswer(name, session),
    forgetStored: async (name) => void (await session.secrets.erase(name)),
  });
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
  await storeCredential(typed, {
    resolve: async (name, login) =>
      (await resolve(name, asking, { mayAsk: true, typed: login, signedOut: false })).resolution,
    readToken: (identity) => bearerOf(identity, asking),
    wasAnswered: (name, secret) => wasAnswered(name, secret, session),
    inspect: asking.access.inspectToken,
    warn: (reason) => writeAnswerOut(2, `docker-credential-openshift: ${inOneLine([reason])}\n`),
    keep: (login, secret) => session.secrets.keep(login, secret),
    forgetStored: async (name) => void (await session.secrets.erase(name)),
    signIn: (name) => signIn(name, session),
    forgetAnswer: (name) => forgetAnswer(name, session),
  });
}

/** `docker login` stores what it was given by `get`, too. */
function wasAnswered(host: string, secret: string, session: Session): boolean {
  const record = lastRecord(host, session);
  // What was answered to somebody else, before another login or context, is typed by whoever wants it back.
  if (record?.answer.kind !== 'credential' || !isDerivedFromNow(record, session)) return false;
  return record.answer.fingerprint === fingerprintOf(secret);
}
