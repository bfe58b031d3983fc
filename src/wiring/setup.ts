import { proofOf, untrustingEngine, wordFrom } from '../commands/setup/clusters-and-registries.ts';
import { findLoginFor } from '../commands/setup/find-login-for.ts';
import { runSetup } from '../commands/setup/run-setup.ts';
import type { ClusterWord, Proof, SetupTimer } from '../commands/setup/setup-ports.ts';
import type { TimerAction } from '../commands/timer/run-timer.ts';
import { createSetupFiles } from '../engines/edits/setup-files.ts';
import { ENGINES, type Engine, familyOf, MAIN_ENGINES, spokenOf } from '../engines/engines.ts';
import { engineVersion } from '../engines/program-versions.ts';
import { configFile, type Place, stateDirectory } from '../files/directories.ts';
import { readPrivateFile } from '../files/hot-files.ts';
import { writePrivateFile } from '../files/private-directory.ts';
import { removeFile } from '../files/remove-file.ts';
import { environmentSettings } from '../hosts/environment-settings.ts';
import type { Identity } from '../hosts/identity.ts';
import { byName } from '../hosts/once.ts';
import { readClaim } from '../hosts/read-claim.ts';
import { runProgram } from '../process/run-program.ts';
import { printer } from '../process/terminal.ts';
import { place } from '../process/this-process.ts';
import { terminal } from '../process/this-terminal.ts';
import { createNetwork, type Network } from './doctor/network.ts';
import { whyHelperUnfound } from './helper-unfound.ts';
import { claimPorts, decide, discover, forgetAnswer, signIn } from './host-ports.ts';
import { createSession, type Session } from './session.ts';
import { isDead } from './shadowing-logins.ts';
import { whoAsksHelper } from './who-asks-helper.ts';

/** What all clusters of the kubeconfig are given to answer, side by side. */
const ASKING_MS = 3500;
/** What all registries are given to prove that they work, side by side, where nobody had to be asked before … */
const PROVING_MS = 5000;
/** … and what it may take with the asking, but for the time that a person takes to answer. */
const BOTH_MS = 5700;

/** What it may take to look whether an engine trusts a registry that has just answered. */
const TRUST_MS = 1500;

/** @returns the exit status */
export async function setup(args: string[]): Promise<number> {
  const here = place();
  const startMs = performance.now();
  const session = createSession(here, startMs + ASKING_MS, false, true);
  let askedMs = 0;
  const versionOf = byName((engine: Engine) => engineVersion(engine, here, runProgram));
  let network: Network | undefined;
  const ask = async (identity: Identity): Promise<ClusterWord> => {
    const word = await inTime(wordFrom(identity, () => discover(identity, session, () => false)));
    askedMs = performance.now() - startMs;
    return word;
  };
  return runSetup(args, {
    ...printer,
    terminal: terminal(here.env),
    files: createSetupFiles(here, configFile(here), (login) => isDead(login, session)),
    timer: setupTimer(here),
    whyHelperUnfound: () => whyHelperUnfound(here),
    readIdentities: async () => (await session.identities()).identities,
    askCluster: ask,
    environmentHosts: [...environmentSettings(here.env).registries.keys()],
    findLoginFor: (host, context) => bindingOf(host, context, session, ask),
    forgetAnswer: (host) => forgetAnswer(host, session),
    signIn: async (host) => {
      await signIn(host, session);
      await forgetAnswer(host, session);
    },
    enginesAstray: async (registries, engine) => {
      const asking = await whoAsksHelper(registries, engine === undefined ? ENGINES : familyOf(engine), here);
      return spokenOf(asking.filter(({ isInstalled, asksHelper }) => isInstalled && !asksHelper));
    },
    enginesUntrusting: async (registry, engine) => {
      network ??= createNetwork(here, versionOf);
      const untrusting = (engine === undefined ? MAIN_ENGINES : [engine]).map(async (name) => {
        if (!(await versionOf(name)).isInstalled) return undefined;
        return untrustingEngine(
          name,
          registry,
          await within(TRUST_MS, network?.engineTrust(name, registry, registry), undefined),
        );
      });
      return (await Promise.all(untrusting)).filter((each) => each !== undefined);
    },
    prove: (host) => {
      const provingMs = Math.min(PROVING_MS, BOTH_MS - askedMs);
      // Who was away a moment ago is not waited for again; all were asked at once, which makes no other less likely to answer.
      const found = { ...session.reachability, connectLimitMs: () => PROVING_MS };
      return prove(host, createSession(here, performance.now() + provingMs, false, true, found));
    },
  });
}

/** Which login a host is to be linked to. @throws AppError if there is none, or more than one */
export function bindingOf(
  host: string,
  context: string | undefined,
  session: Session,
  ask = (identity: Identity) => inTime(wordFrom(identity, () => discover(identity, session, () => false))),
) {
  if (context !== undefined) session.chosenContexts.add(context);
  const readIdentities = async () => (await session.identities()).identities;
  const isClaimed = async (name: string, identity: Identity) =>
    (await readClaim(name, identity, claimPorts(session, true))).claimed;
  return findLoginFor(host, context, { readIdentities, askCluster: ask }, isClaimed);
}

/** A plugin may take its time, too. */
function inTime(word: Promise<ClusterWord>): Promise<ClusterWord> {
  return within(ASKING_MS, word, {
    fault: `nothing was heard within ${ASKING_MS / 1000} s`,
    refusedLogin: false,
  });
}

function within<T>(ms: number, value: Promise<T> | undefined, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), ms);
  });
  return Promise.race([value ?? late, late]).finally(() => clearTimeout(timer));
}

/** Decides the answer anew, as an engine gets it, and asks the registry with it. */
async function prove(host: string, session: Session): Promise<Proof> {
  const decision = await decide(host, session);
  await decision.keep();
  return proofOf(decision, (identity, username, token) =>
    session.access.probeRegistry(host, identity, username, token),
  );
}

/** The timer, and a note of ours on who installed it. */
function setupTimer(here: Place): SetupTimer {
  const state = stateDirectory(here);
  const note = state === null ? null : `${state}/timer-by-setup`;
  const machine = async () => (await import('./timer.ts')).timerMachine(here);
  const timers = () => import('../commands/timer/run-timer.ts');
  const run = async (action: TimerAction) => (await timers()).runTimer(action, await machine(), printer);
  return {
    isInstalled: async () => {
      const { canHaveTimer, timerState } = await timers();
      if (!(await canHaveTimer(await machine()))) return undefined;
      return (await timerState(await machine()))?.problems.length === 0;
    },
    install: async () => {
      const status = await run('install');
      if (status === 0 && note !== null) await writePrivateFile(note, '', here.uid, true);
      return status === 0;
    },
    isOwn: async () => note !== null && readPrivateFile(note, here.uid, 1) !== null,
    remove: async () => {
      await run('remove');
      if (note !== null) await removeFile(note);
    },
  };
}
