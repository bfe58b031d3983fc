import { isDead } from '../commands/renew/overriding-logins.ts';
import { runSetup } from '../commands/setup/run-setup.ts';
import type { ClusterWord } from '../commands/setup/setup-ports.ts';
import {
  ASKING_MS,
  enginesHere,
  lacksSecretPlace,
  linkedLogin,
  prove,
  whyHelperUnfound,
  wordOf,
} from '../commands/setup/this-machine.ts';
import { setupTimer } from '../commands/timer/setup-timer.ts';
import { createSetupFiles } from '../engines/edits/setup-files.ts';
import { configFile, type Place } from '../files/directories.ts';
import { removeCached } from '../files/own-directories.ts';
import { environmentSettings } from '../hosts/environment-settings.ts';
import type { Identity } from '../hosts/identity.ts';
import { runProgram } from '../process/run-program.ts';
import { printer } from '../process/terminal.ts';
import { terminal } from '../process/this-terminal.ts';
import { forgetAnswer, signIn } from '../session/facts.ts';
import { createSession } from '../session/session.ts';

/** What all registries are given to prove that they work, side by side, where nobody had to be asked before … */
const PROVING_MS = 5000;
/** … and what it may take with the asking, but for the time that a person takes to answer. */
const BOTH_MS = 5700;

/** @returns the exit status */
export function setup(args: string[], here: Place): Promise<number> {
  const startMs = performance.now();
  const session = createSession(here, { withinMs: ASKING_MS, byHand: true });
  let askedMs = 0;
  const ask = async (identity: Identity): Promise<ClusterWord> => {
    const word = await wordOf(identity, session);
    askedMs = performance.now() - startMs;
    return word;
  };
  return runSetup(args, {
    ...printer,
    terminal: terminal(here.env),
    files: createSetupFiles(here, configFile(here), (login) => isDead(login, session)),
    timer: setupTimer(here, printer),
    whyHelperUnfound: () => whyHelperUnfound(here),
    lacksSecretPlace: () => lacksSecretPlace(session),
    readIdentities: async () => (await session.identities()).identities,
    askCluster: ask,
    environmentHosts: [...environmentSettings(here.env).registries.keys()],
    findLoginFor: (host, context) => linkedLogin(host, context, session, ask),
    forgetAnswer: (host) => forgetAnswer(host, session),
    removeCached: () => removeCached(here),
    signIn: (host) => signIn(host, session),
    ...enginesHere(here, runProgram),
    prove: (host) => {
      const provingMs = Math.min(PROVING_MS, BOTH_MS - askedMs);
      // Who was away a moment ago is not waited for again; all were asked at once, which makes no other less likely to answer.
      const found = { ...session.reachability, connectLimitMs: () => PROVING_MS };
      return prove(host, createSession(here, { withinMs: provingMs, byHand: true, reachability: found }));
    },
  });
}
