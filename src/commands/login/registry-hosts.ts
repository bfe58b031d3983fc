import { listRefused } from '../../files/list-answers.ts';
import { removeFile } from '../../files/remove-file.ts';
import { listSignOuts } from '../../files/sign-outs.ts';
import { outlivesMargin } from '../../hosts/answer.ts';
import { AppError, describeError } from '../../hosts/reason.ts';
import { forgetAnswer, resolve, signIn } from '../../session/facts.ts';
import { knownHosts } from '../../session/known-hosts.ts';
import type { Session } from '../../session/session.ts';
import { answeringOf } from './hosts.ts';
import type { RegistryHosts } from './ports.ts';

/** The registry hosts of this machine, as files and clusters have them now. */
export function registryHosts(session: Session): RegistryHosts {
  const { here, cache, state } = session;
  const bound = async () => {
    try {
      return await knownHosts(session);
    } catch (error) {
      // The config can't be read; a defect is not told as that.
      if (!(error instanceof AppError)) throw error;
      return { hosts: [], problems: [describeError(error)] };
    }
  };
  return {
    known: async () => {
      const refused = cache === null ? [] : listRefused(cache, here.uid);
      return [...new Set([...(await bound()).hosts, ...refused])];
    },
    problems: async () => (await bound()).problems,
    signedOut: () => (state === null ? [] : listSignOuts(state)),
    hasTyped: (host) => {
      const typed = session.secrets.find(host);
      return typed !== undefined && outlivesMargin(typed.expiresAtMs ?? null, session.nowMs());
    },
    isCurrent: async (server) => (await session.identities()).identities.current?.server === server,
    whoAnswers: async (host, mayAsk) =>
      answeringOf((await resolve(host, session, { mayAsk, typed: null, signedOut: false })).resolution),
    signIn: async (host) => {
      await signIn(host, session);
      await forgetAnswer(host, session);
    },
    forgetAbsences: async () => {
      if (cache !== null) await removeFile(`${cache}/unreachable.json`);
    },
  };
}
