import { answerEnvironment, CACHE_FORMAT } from '../credential/cached-answer.ts';
import { type DecidePorts, decideAnswer } from '../credential/decide-answer.ts';
import { LONGEST_REQUEST } from '../protocol/serve-get.ts';
import { type SlowAnswer, serveGetSlowly } from '../protocol/serve-get-slowly.ts';
import { waitForStdin } from '../protocol/wait-for-stdin.ts';
import { answerFile, readAnswerFile } from '../storage/answer-file.ts';
import { fingerprintOf } from '../storage/fingerprint.ts';
import { writeOut } from '../storage/hot-files.ts';
import { saveAnswer } from '../storage/save-answer.ts';
import { readSignOuts, signOutFile } from '../storage/sign-outs.ts';
import { createSession, type Session } from './session.ts';
import { exit, place, recall, workingDirectory } from './this-process.ts';

/** `get` ends within 5 s, counted from the start of the process. */
const DEADLINE_MS = 4800;
/** When requests end, so that what follows from their end can still be said. */
const REQUESTS_END_MS = 4500;
/** A file that changed this recently may change again without a trace: the clocks of file systems tick slowly. */
const RACY_MS = 20;

/** `get` when nothing usable is cached. */
export function getSlowly(bytesSoFar: string, complete: boolean): Promise<void> {
  const session = createSession(place(), REQUESTS_END_MS);
  return serveGetSlowly(bytesSoFar, complete, {
    waitForStdin: (soFar) => waitForStdin(soFar, LONGEST_REQUEST, true),
    recall: (host) => recall(host, session.here),
    decide: (host) => decideAndKeep(host, session),
    write: writeOut,
    exit,
    onDeadline: (call) => {
      setTimeout(call, Math.max(0, DEADLINE_MS - performance.now()));
    },
  });
}

async function decideAndKeep(host: string, session: Session): Promise<SlowAnswer> {
  const { answer, knowledge, warning } = await decideAnswer(host, decidePorts(host, session));
  const keep = async (): Promise<void> => {
    const { here, cache } = session;
    await session.reachability.save();
    if (cache === null) return;
    const file = answerFile(cache, host);
    const checkedAtMs = Date.now();
    const sources = session.sources();
    if (sources.some(([, stamp]) => isRacy(stamp, checkedAtMs))) return;
    const environment = answerEnvironment(here.env, here.uid, workingDirectory);
    const record = { format: CACHE_FORMAT, host, answer, checkedAtMs, environment, sources };
    await saveAnswer(file, knowledge === undefined ? record : { ...record, token: knowledge }, here.uid);
  };
  return warning === undefined ? { answer, keep } : { answer, warning, keep };
}

function decidePorts(host: string, session: Session): DecidePorts {
  const { here, cache, state, access } = session;
  return {
    nowMs: Date.now,
    readSettings: session.readSettings,
    readIdentities: async () => (await session.identities()).identities,
    readClaim: (name, identity) => session.readClaim(name, identity, true),
    readToken: session.readToken,
    fingerprintOf,
    recallKnowledge: () =>
      cache === null ? undefined : readAnswerFile(answerFile(cache, host), here.uid)?.token,
    isSignedOut: async (name, fingerprint) => {
      if (state === null) return false;
      const file = signOutFile(state, name);
      session.track(file);
      return readSignOuts(file, here.uid).includes(fingerprint);
    },
    inspectToken: access.inspectToken,
    probeRegistry: access.probeRegistry,
  };
}

/** @param stamp as `stampOf` makes it, with the time of the last change at its end */
function isRacy(stamp: string | null, nowMs: number): boolean {
  const changedNs = stamp?.slice(stamp.lastIndexOf(':') + 1);
  return changedNs !== undefined && nowMs - Number(BigInt(changedNs) / 1_000_000n) < RACY_MS;
}
