import { filesOf, type SecretFlaw, type Winner } from '../../engines/engine-state.ts';
import { type Engine, MAIN_ENGINES } from '../../engines/engines.ts';
import { lookUp, type Trace } from '../../engines/lookup/look-up.ts';
import type { Resolution } from '../../engines/lookup/resolve-image.ts';
import {
  type EngineVersion,
  engineVersion,
  engineVersions,
  findOnPath,
} from '../../engines/program-versions.ts';
import { readEngines } from '../../engines/read-engine-state.ts';
import type { Place } from '../../files/directories.ts';
import type { Override } from '../../hosts/host-facts.ts';
import { byName } from '../../hosts/once.ts';
import { runProgram } from '../../process/run-program.ts';
import { OUR_HELPER, programOf } from '../../registry/engine-names.ts';
import type { RefusedLogin } from './network-state.ts';

/** How an engine comes by the credentials for an image. */
export interface Lookup extends Trace {
  readonly engine: Engine;
  /** `podman 4.3.1`, or `podman (not installed; as version 5 does)`. */
  readonly program: string;
  readonly isInstalled: boolean;
  /** The registry, as podman names it, where it tries several of them. */
  readonly at?: string | undefined;
}

/** A login that an engine sends, and where it lies. */
export type SentLogin = Extract<Winner, { kind: 'login' }>;

/** @returns an engine's lookup of all that it tries, of what was typed, with how it came by it before */
export async function lookupsOf(
  { engine, places, step, fault }: Resolution,
  { program, isInstalled }: Pick<EngineVersion, 'program' | 'isInstalled'>,
  trace: (registry: string, repository: string | undefined, isMirror: boolean) => Promise<Trace>,
): Promise<readonly Lookup[]> {
  const before = step === undefined ? [] : [step];
  if (places.length === 0) {
    const why = fault ?? 'it knows no registry for it';
    return [{ engine, program, isInstalled, steps: before, winner: { kind: 'error', why } }];
  }
  const at = (registry: string) => (places.length > 1 ? { at: registry } : {});
  return Promise.all(
    places.map(async ({ named, asked, isMirror = false }) => {
      // What registries.conf says of the name leads to the registry itself: a mirror is looked up by its own.
      const place = isMirror ? asked : named;
      const repository = place.kind === 'image' ? place.image.repository : undefined;
      const { steps, winner } = await trace(place.asked, repository, isMirror);
      const where = isMirror ? `the mirror ${place.asked}` : place.asked;
      return { engine, program, isInstalled, ...at(where), steps: [...before, ...steps], winner };
    }),
  );
}

/** A lookup, with what the registry says of the login that it ends with. */
export function withRefused(lookup: Lookup, refused: readonly RefusedLogin[]): Lookup {
  const { winner } = lookup;
  const isDead = ({ where, key }: SentLogin) =>
    refused.some(({ file, login }) => file.path === where && login.key === key);
  const judged = (one: Exclude<Winner, { kind: 'helper' }>) =>
    one.kind === 'login' && isDead(one) ? { ...one, dead: true } : one;
  const known =
    winner.kind === 'helper' ? { ...winner, otherwise: judged(winner.otherwise) } : judged(winner);
  return { ...lookup, winner: known };
}

/** What follows `whose`. */
export const FLAWS: Record<SecretFlaw, string> = {
  'line-break': 'secret ends in a line break',
  colon: 'user name holds a colon, as kube:admin does, so that the rest of it is sent as the password',
};

/** @returns what an engine's lookup comes to, as a sentence without its full stop */
export function winnerInWords(engine: Engine, winner: Winner): string {
  switch (winner.kind) {
    case 'helper': {
      const { helper, otherwise } = winner;
      return helper === OUR_HELPER
        ? `${engine} asks this helper: if there is a good token, it pulls with that, else it ${withoutToken(otherwise)}`
        : `${engine} asks ${programOf(helper)}, and not this helper`;
    }
    case 'login': {
      const fails = 'every pull fails with 401, of public images too';
      const why =
        winner.flaw === undefined ? 'that token expired or was revoked' : `its ${FLAWS[winner.flaw]}`;
      const end = winner.dead ? `${why}, so that ${fails}` : `once that token expires, ${fails}`;
      return `${engine} uses the login "${winner.key}" in ${winner.where} instead of this helper; ${end}`;
    }
    case 'anonymous':
      return `${engine} pulls anonymously and does not ask this helper: only public images can be pulled`;
    case 'error':
      return `${engine} gives up: ${winner.why}`;
  }
}

function withoutToken(otherwise: Extract<Winner, { kind: 'helper' }>['otherwise']): string {
  switch (otherwise.kind) {
    case 'login':
      return `uses the login "${otherwise.key}" in ${otherwise.where}, with which no public image can be pulled once its token has expired`;
    case 'anonymous':
      return 'pulls anonymously';
    case 'error':
      return `gives up: ${otherwise.why}`;
  }
}

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
    findOnPath(programOf(helper), here).some(({ isExecutable }) => isExecutable);
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
