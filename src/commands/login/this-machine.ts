import { setTimeout as setTimeoutPromise } from 'node:timers/promises';
import { kubeconfigPaths } from '../../cluster/kubeconfig/parse-kubeconfig.ts';
import { createClusterLogin } from '../../cluster/oauth/cluster-login.ts';
import { listRefused } from '../../files/answers.ts';
import { keptTokenFile, saveKeptToken } from '../../files/kept-tokens.ts';
import { forgetFailure } from '../../files/plugin-failures.ts';
import { listSignOuts } from '../../files/sign-outs.ts';
import { outlivesMargin } from '../../hosts/answer.ts';
import { loginCommand } from '../../hosts/login-command.ts';
import { AppError, reasonOf } from '../../hosts/reason.ts';
import { theRouteTo } from '../../hosts/route-to-server.ts';
import { moment } from '../../process/this-process.ts';
import { resolve, signIn } from '../../session/facts.ts';
import { knownHosts } from '../../session/known-hosts.ts';
import type { Session } from '../../session/session.ts';
import { tokenPorts } from '../../session/tokens.ts';
import { type LoginArguments, methodOptions } from './arguments.ts';
import { answeringOf } from './hosts.ts';
import type { LoginCluster, LoginTarget, RegistryHosts } from './ports.ts';

/** The registry hosts of this machine, as files and clusters have them now. */
export function registryHosts(session: Session): RegistryHosts {
  const { here, cache, state } = session;
  const bound = async () => {
    try {
      return await knownHosts(session);
    } catch (error) {
      // The config can't be read; a defect is not told as that.
      if (!(error instanceof AppError)) throw error;
      return { hosts: [], problems: [reasonOf(error)] };
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
    signIn: (host) => signIn(host, session),
    forgetAbsences: () => session.reachability.forgetFailures(),
  };
}

/** A person who stopped the program waits for its tokens to end, but not for a server that hangs. */
const DISCARDING_MS = 3000;

/** One cluster, with its real servers and the real kubeconfig. @throws AppError if it can't be reached as written */
export async function loginCluster(
  { server, identity }: LoginTarget,
  { certificateAuthority, method }: Pick<LoginArguments, 'certificateAuthority' | 'method'>,
  session: Session,
): Promise<LoginCluster> {
  const { here, cache } = session;
  const options = `${methodOptions(method)} --certificate-authority FILE`.trim();
  const { identities, connectionOf } = await session.identities();
  return createClusterLogin({
    server,
    identity,
    connection: await connectionOf(identity ?? theRouteTo(server, identities)),
    authority: certificateAuthority,
    command: loginCommand(server, identity?.context, options),
    env: here.env,
    platform: here.platform,
    kubeconfigs: { paths: kubeconfigPaths(here), uid: here.uid },
    nowMs: Date.now,
    reachability: session.reachability,
    untilImpatient: () => setTimeoutPromise(DISCARDING_MS, undefined, { ref: false }),
    keepPluginToken: async (of, plugin, token) => {
      await forgetFailure(cache, plugin);
      if (cache === null) return;
      const key = await tokenPorts(session).keyOf(of, undefined);
      await saveKeptToken(keptTokenFile(cache, key), token, moment(), here.uid);
    },
  });
}
