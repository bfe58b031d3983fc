import { existsSync } from 'node:fs';
import { imageRights } from '../cluster/image-rights.ts';
import { writeBundle } from '../commands/doctor/bundle.ts';
import { CHECKS } from '../commands/doctor/checks/all-checks.ts';
import { manifestByStored, refusedLogins } from '../commands/doctor/file-logins.ts';
import { configReading, keychainFaultOf, type Machine } from '../commands/doctor/machine.ts';
import { createNetwork } from '../commands/doctor/network.ts';
import { dropRefusedAnswer } from '../commands/doctor/refused-answer.ts';
import { runDoctor } from '../commands/doctor/run-doctor.ts';
import { canHaveTimer, timerState } from '../commands/timer/run-timer.ts';
import { lingers } from '../commands/timer/systemd.ts';
import { timerMachine } from '../commands/timer/this-machine.ts';
import { fileRepairs } from '../engines/edits/file-repairs.ts';
import type { Engine } from '../engines/engines.ts';
import { engineVersion, engineVersions, findOnPath, helperVersion } from '../engines/program-versions.ts';
import { readEngines } from '../engines/read-engine-state.ts';
import { type Place, stateDirectory } from '../files/directories.ts';
import { writeOut } from '../files/hot-files.ts';
import { ownDirectories } from '../files/own-directories.ts';
import { byName, once } from '../hosts/once.ts';
import { reasonOf } from '../hosts/reason.ts';
import { storedLoginFile } from '../keychain/login-records.ts';
import { frontFault, frontOf, selfCommand } from '../process/front.ts';
import { runProgram } from '../process/run-program.ts';
import { printer } from '../process/terminal.ts';
import { terminal } from '../process/this-terminal.ts';
import { createSession, secretStore } from '../session/session.ts';

const KEYCHAIN_MS = 2000;

/** @returns the exit status */
export function doctor(args: string[], here: Place): Promise<number> {
  return runDoctor(args, {
    ...printer,
    terminal: terminal(here.env),
    checks: CHECKS,
    machine: () => doctorMachine(here),
    writeCertificates: (pem) => writeOut(1, `${pem}\n`),
    writeBundle: (path, report) => writeBundle(path, report, here),
  });
}

/** This machine as `doctor` sees it, with nothing read of it yet. */
function doctorMachine(here: Place): Machine {
  const session = createSession(here);
  const versionOf = byName((engine: Engine) => engineVersion(engine, here, runProgram));
  const engines = once(async () => readEngines(here, Date.now, await engineVersions(versionOf)));
  const state = async () => (await engines()).state;
  const directory = stateDirectory(here);
  const network = createNetwork(here, versionOf);
  const store = secretStore(here, session.config, () => KEYCHAIN_MS);
  return {
    ...network,
    ...imageRights(network.askAsUser),
    ...fileRepairs(state, here),
    platform: here.platform,
    env: here.env,
    self: selfCommand(),
    nowMs: Date.now,
    exists: existsSync,
    findProgram: (name) => findOnPath(name, here),
    helperVersion: (path) => helperVersion(path, process, runProgram),
    hasFront: frontOf() !== undefined,
    frontFault: () => frontFault(),
    engineVersion: versionOf,
    engineState: state,
    readConfig: async () => configReading(await session.config(), session.environment),
    ownDirectories: () =>
      ownDirectories(here, directory === null ? undefined : storedLoginFile(directory, 'host')),
    storedLogins: () => store.list(),
    unusableLogins: async () =>
      (await store.unusable()).map(({ host, why }) => ({ host, reason: reasonOf(why) })),
    leftOver: () => store.leftOver(),
    keychainFault: async () => keychainFaultOf(await store.health()),
    timerState: () => timerState(timerMachine(here)),
    canHaveTimer: () => canHaveTimer(timerMachine(here)),
    lingers: () => lingers(timerMachine(here)),
    refusedLogins: async (hosts) => refusedLogins(hosts, await engines(), network),
    manifestByStored: async (host, image, sent) =>
      manifestByStored(host, image, sent, await engines(), network),
    forgetRefusedAnswer: (host) => dropRefusedAnswer(host, network, here),
  };
}
