import { winnerInWords } from '../commands/doctor/lookup.ts';
import { filesOf } from '../engines/engine-state.ts';
import type { Engine } from '../engines/engines.ts';
import { findOnPath } from '../engines/find-on-path.ts';
import { lookUp } from '../engines/lookup/look-up.ts';
import { engineVersion } from '../engines/program-versions.ts';
import { readEngineState } from '../engines/read-engine-state.ts';
import type { Place } from '../files/directories.ts';
import { OUR_HELPER } from '../hosts/helper-names.ts';
import { runProgram } from './run-program.ts';

/** Whether an engine would ask this helper for a registry, as its files are now. */
export interface EngineAsking {
  readonly registry: string;
  readonly engine: Engine;
  /** False: it is not on this machine; the rest is told of the newest version that is known. */
  readonly isInstalled: boolean;
  readonly asksHelper: boolean;
  /** What its lookup comes to, as a sentence without its full stop. */
  readonly why: string;
}

/**
 * Follows each engine's lookup through the real files, variables and PATH, without running a helper.
 * @param registries as an engine would ask for them: `HOST`, or `HOST:443` where that is what is pulled from
 * @param engines whose lookups
 * @returns one for each engine and registry, in that order; what is wrong with a file is in `why`
 */
export async function whoAsksHelper(
  registries: readonly string[],
  engines: readonly Engine[],
  here: Place,
): Promise<readonly EngineAsking[]> {
  const state = await readEngineState(here, Date.now);
  const isOnPath = (helper: string) =>
    findOnPath(`docker-credential-${helper}`, here).some(({ isExecutable }) => isExecutable);
  const asking = engines.map(async (engine) => {
    const version = await engineVersion(engine, here, runProgram);
    const files = filesOf(engine, state);
    return registries.map((registry) => {
      const request = {
        ...state,
        engine,
        version: version.version,
        registry,
        repository: undefined,
        files,
        isOnPath,
      };
      const { winner } = lookUp(request);
      const asksHelper = winner.kind === 'helper' && winner.helper === OUR_HELPER;
      return {
        registry,
        engine,
        isInstalled: version.isInstalled,
        asksHelper,
        why: winnerInWords(engine, winner),
      };
    });
  });
  return (await Promise.all(asking)).flat();
}
