import { filesOf } from '../../engines/engine-state.ts';
import { type Engine, MAIN_ENGINES } from '../../engines/engines.ts';
import { findOnPath } from '../../engines/find-on-path.ts';
import { lookUp } from '../../engines/lookup/look-up.ts';
import { engineVersion, engineVersions } from '../../engines/program-versions.ts';
import { readEngines } from '../../engines/read-engine-state.ts';
import type { Place } from '../../files/directories.ts';
import { OUR_HELPER } from '../../hosts/helper-names.ts';
import type { Override } from '../../hosts/host-facts.ts';
import { byName } from '../../hosts/once.ts';
import { runProgram } from '../../process/run-program.ts';
import { winnerInWords } from './lookup.ts';

/** Whether an engine would ask this helper for a registry, as its files are now. */
export interface EngineAsking {
  readonly registry: string;
  readonly engine: Engine;
  /** False: it is not on this machine; the rest is told of the newest version that is known. */
  readonly isInstalled: boolean;
  readonly asksHelper: boolean;
  /** What its lookup comes to, as a sentence without its full stop. */
  readonly why: string;
  /** Whether it takes a login that lies in a file or a variable. */
  readonly usesOtherLogin: boolean;
}

/**
 * Follows each engine's lookup through the real files, variables and PATH, without running a helper.
 * @param engines whose lookups
 * @returns what each engine does for a registry, which is named as an engine would ask for it: `HOST`, or `HOST:443` where
 *   that is what is pulled from; what is wrong with a file is in `why`
 */
async function engineLookups(
  engines: readonly Engine[],
  here: Place,
): Promise<(registry: string) => readonly EngineAsking[]> {
  const versionOf = byName((engine: Engine) => engineVersion(engine, here, runProgram));
  const { state } = await readEngines(here, Date.now, await engineVersions(versionOf));
  const isOnPath = (helper: string) =>
    findOnPath(`docker-credential-${helper}`, here).some(({ isExecutable }) => isExecutable);
  const versions = await Promise.all(engines.map(versionOf));
  return (registry) =>
    engines.map((engine, index) => {
      const { version, isInstalled = false } = versions[index] ?? {};
      const files = filesOf(engine, state);
      const request = { ...state, engine, version, registry, repository: undefined, files, isOnPath };
      const { winner } = lookUp(request);
      return {
        registry,
        engine,
        isInstalled,
        asksHelper: winner.kind === 'helper' && winner.helper === OUR_HELPER,
        why: winnerInWords(engine, winner),
        usesOtherLogin: winner.kind === 'login',
      };
    });
}

/** @returns what engineLookups gives for each engine and registry, in that order */
export async function whoAsksHelper(
  registries: readonly string[],
  engines: readonly Engine[],
  here: Place,
): Promise<readonly EngineAsking[]> {
  const lookup = await engineLookups(engines, here);
  const asking = registries.map(lookup);
  return engines.flatMap((_, index) => asking.flatMap((each) => each[index] ?? []));
}

/** The engines of this machine that take a login of their own in place of what the helper answers. */
export async function overridesHere(here: Place): Promise<(host: string) => readonly Override[]> {
  const lookup = await engineLookups(MAIN_ENGINES, here);
  return (host) =>
    lookup(host)
      .filter(({ isInstalled, usesOtherLogin }) => isInstalled && usesOtherLogin)
      .map(({ engine, why }) => {
        const fix = { run: `docker-credential-openshift renew ${host}` };
        return { engine, reason: { code: 'login-overrides', why, fix } };
      });
}
