import { hostname } from 'node:os';
import { setTimeout as setTimeoutPromise } from 'node:timers/promises';
import { kubeconfigPaths } from '../cluster/kubeconfig/parse-kubeconfig.ts';
import { checkKubeconfig } from '../cluster/kubeconfig/save-login.ts';
import { startCallbackServer } from '../cluster/oauth/callback-server.ts';
import { createClusterLogin } from '../cluster/oauth/cluster-login.ts';
import { type LoginArguments, methodOptions } from '../commands/login/arguments.ts';
import { answeringOf } from '../commands/login/hosts.ts';
import { INTERRUPTED, runLogin } from '../commands/login/login.ts';
import { isInContainer, openBrowser } from '../commands/login/open-browser.ts';
import type { LoginCluster, LoginPorts, LoginTarget, RegistryHosts } from '../commands/login/ports.ts';
import type { Place } from '../files/directories.ts';
import { keptTokenFile, saveKeptToken } from '../files/kept-tokens.ts';
import { listRefused } from '../files/list-answers.ts';
import { forgetFailure } from '../files/plugin-failures.ts';
import { removeFile } from '../files/remove-file.ts';
import { listSignOuts } from '../files/sign-outs.ts';
import { outlivesMargin } from '../hosts/answer.ts';
import { readJwt } from '../hosts/jwt.ts';
import { loginCommand } from '../hosts/login-command.ts';
import { obtainToken } from '../hosts/obtain-token.ts';
import { readClaim } from '../hosts/read-claim.ts';
import { AppError, describeError } from '../hosts/reason.ts';
import { theRouteTo } from '../hosts/route-to-server.ts';
import { leaveOnlyOwnMemoryOut, type StartOther } from '../process/core-files.ts';
import { printer } from '../process/terminal.ts';
import { moment, place } from '../process/this-process.ts';
import { askUnseen, readUnseen, terminal } from '../process/this-terminal.ts';
import { waitForStdin } from '../protocol/wait-for-stdin.ts';
import { claimPorts, forgetAnswer, resolve, signIn } from './host-ports.ts';
import { knownHosts } from './renew.ts';
import { renewHost } from './renew-host.ts';
import { createSession, type Session } from './session.ts';
import { tokenPorts } from './token-ports.ts';

/** What is asked of clusters besides the login itself. */
const ASKING_MS = 15_000;
/** A person who stopped the program waits for its tokens to end, but not for a server that hangs. */
const DISCARDING_MS = 3000;
/** A password or a token, and a line feed. */
const LONGEST_SECRET = 64 * 1024;

/** @returns the exit status */
export function login(args: string[]): Promise<number> {
  const here = place();
  const startOther = leaveOnlyOwnMemoryOut();
  const stopping = new AbortController();
  const stop = (): void => {
    // A second Ctrl-C waits for nothing: the first one waits for the tokens that are to be ended. Either may be a signal, or
    // what the terminal gives to the question that is asked at it.
    if (stopping.signal.aborted) process.exit(INTERRUPTED);
    stopping.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
  return runLogin(args, loginPorts(here, startOther, { interrupted: stopping.signal, stop }));
}

function loginPorts(
  here: Place,
  startOther: StartOther,
  { interrupted, stop }: { readonly interrupted: AbortSignal; stop(): void },
): LoginPorts {
  const open = () => createSession(here, performance.now() + ASKING_MS, true, true);
  const session = open();
  return {
    ...printer,
    nowMs: Date.now,
    interrupted,
    // A container's is the engine's business, and no name that another machine knows.
    hostname: () => (isInContainer(here) ? undefined : hostname()),
    isInteractive: terminal(here.env).isInteractive,
    identities: async () => (await session.identities()).identities,
    resolve: (host) => resolve(host, session, { mayAsk: false, typed: null, signedOut: false }),
    isClaimed: async (host, identity, mayAsk) =>
      (await readClaim(host, identity, claimPorts(session, mayAsk))).claimed,
    checkKubeconfig: (context) => checkKubeconfig({ paths: kubeconfigPaths(here), uid: here.uid }, context),
    cluster: (target, args) => loginCluster(target, args, session),
    startCallbackServer,
    openBrowser: (url) => openBrowser(url, here, startOther),
    readPasted: (onLine) => readUnseen(onLine, stop),
    ask: (question) => askUnseen(question, stop),
    readStdin,
    after: (ms, call) => {
      const timer = setTimeout(call, ms);
      return () => clearTimeout(timer);
    },
    // The kubeconfig is another one by then.
    openHosts: () => registryHosts(open()),
    renewHost: (host) => renewHost(host, here, true),
    inspectToken: (identity, token) => session.access.inspectToken(identity, token),
    tokenOfPlugin: (identity, refused) =>
      obtainToken('', identity, undefined, { eager: true, refused }, tokenPorts(session)),
    isServiceAccounts: (token) => readJwt(token)?.subject?.startsWith('system:serviceaccount:') === true,
  };
}

/** One cluster, with its real servers and the real kubeconfig. @throws AppError if it can't be reached as written */
async function loginCluster(
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
    untilImpatient: () => setTimeoutPromise(DISCARDING_MS, undefined, { ref: false }),
    keepPluginToken: async (of, plugin, token) => {
      await forgetFailure(cache, plugin);
      if (cache === null) return;
      const key = await tokenPorts(session).keyOf(of, undefined);
      await saveKeptToken(keptTokenFile(cache, key), token, moment(), here.uid);
    },
  });
}

function registryHosts(session: Session): RegistryHosts {
  const { here, cache, state } = session;
  const bound = async () => {
    try {
      return await knownHosts(here);
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
      return typed !== undefined && outlivesMargin(typed.expiresAtMs ?? null, Date.now());
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

async function readStdin(): Promise<string> {
  const bytes = await waitForStdin('', LONGEST_SECRET, 'text');
  if (typeof bytes !== 'string') return '';
  const lines = Buffer.from(bytes, 'latin1').toString().split(/\r?\n/);
  return lines.find((line) => line !== '') ?? '';
}
