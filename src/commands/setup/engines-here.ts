import { createNetwork } from '../../commands/doctor/network.ts';
import { whoAsksHelper } from '../../commands/doctor/who-asks-helper.ts';
import { ENGINES, type Engine, familyOf, MAIN_ENGINES, spokenOf } from '../../engines/engines.ts';
import { engineVersion } from '../../engines/program-versions.ts';
import type { Place } from '../../files/directories.ts';
import { byName, once } from '../../hosts/once.ts';
import type { runProgram } from '../../process/run-program.ts';
import { within } from '../../process/within.ts';
import { untrustingEngine } from './clusters-and-registries.ts';
import type { SetupPorts } from './setup-ports.ts';

/** What it may take to look whether an engine trusts a registry that has just answered. */
const TRUST_MS = 1500;

/** The engines of this machine, as far as they would pull nothing private. @param run runs a program to its end */
export function enginesHere(
  here: Place,
  run: typeof runProgram,
): Pick<SetupPorts, 'enginesAstray' | 'enginesUntrusting'> {
  const versionOf = byName((engine: Engine) => engineVersion(engine, here, run));
  const network = once(() => createNetwork(here, versionOf));
  return {
    enginesAstray: async (registries, engine) => {
      const asking = await whoAsksHelper(registries, engine === undefined ? ENGINES : familyOf(engine), here);
      return spokenOf(asking.filter(({ isInstalled, asksHelper }) => isInstalled && !asksHelper));
    },
    enginesUntrusting: async (registry, engine) => {
      const untrusting = (engine === undefined ? MAIN_ENGINES : [engine]).map(async (name) => {
        if (!(await versionOf(name)).isInstalled) return undefined;
        const trust = network().engineTrust(name, registry, registry);
        return untrustingEngine(name, registry, await within(TRUST_MS, trust, undefined));
      });
      return (await Promise.all(untrusting)).filter((each) => each !== undefined);
    },
  };
}
