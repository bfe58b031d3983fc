import { hostname } from 'node:os';
import { kubeconfigPaths } from '../cluster/kubeconfig/parse-kubeconfig.ts';
import { checkKubeconfig } from '../cluster/kubeconfig/save-login.ts';
import { startCallbackServer } from '../cluster/oauth/callback-server.ts';
import { INTERRUPTED, runLogin } from '../commands/login/login.ts';
import { isInContainer, openBrowser } from '../commands/login/open-browser.ts';
import type { LoginPorts } from '../commands/login/ports.ts';
import { loginCluster, registryHosts } from '../commands/login/this-machine.ts';
import { renewHost } from '../commands/renew/renew-outcome.ts';
import type { Place } from '../files/directories.ts';
import { obtainToken } from '../hosts/obtain-token.ts';
import { leaveOnlyOwnMemoryOut, type StartOther } from '../process/core-files.ts';
import { printer } from '../process/terminal.ts';
import { askUnseen, readUnseen, terminal } from '../process/this-terminal.ts';
import { firstLineOfStdin } from '../protocol/wait-for-stdin.ts';
import { claimOf, resolve } from '../session/facts.ts';
import { createSession } from '../session/session.ts';
import { tokenPorts } from '../session/tokens.ts';

/** What is asked of clusters besides the login itself. */
const ASKING_MS = 15_000;

/** @returns the exit status */
export function login(args: string[], here: Place): Promise<number> {
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
  const open = () => createSession(here, { withinMs: ASKING_MS, eager: true, byHand: true });
  const session = open();
  const at = terminal(here.env);
  return {
    ...printer,
    nowMs: Date.now,
    interrupted,
    // A container's is the engine's business, and no name that another machine knows.
    hostname: () => (isInContainer(here) ? undefined : hostname()),
    isInteractive: at.isInteractive,
    identities: async () => (await session.identities()).identities,
    resolve: (host) => resolve(host, session, { mayAsk: false, typed: null, signedOut: false }),
    isClaimed: async (host, identity, mayAsk) => (await claimOf(host, identity, session, mayAsk)).claimed,
    checkKubeconfig: (context) => checkKubeconfig({ paths: kubeconfigPaths(here), uid: here.uid }, context),
    cluster: (target, args) => loginCluster(target, args, session),
    startCallbackServer,
    openBrowser: (url) => openBrowser(url, here, startOther),
    readPasted: (onLine) => readUnseen(onLine, stop),
    ask: (question) => askUnseen(question, stop),
    askShown: at.ask,
    readStdin: firstLineOfStdin,
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
  };
}
