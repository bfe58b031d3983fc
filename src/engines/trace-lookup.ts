import type { Engine } from '../cli/doctor/check.ts';
import type { AuthFile, EngineState, RegistriesConf, StoredLogin } from '../cli/doctor/engine-state.ts';
import type { LookupStep, Winner } from '../cli/doctor/lookup.ts';

/** What a lookup depends on. */
export interface LookupRequest {
  readonly engine: Engine;
  /** Major and minor version. */
  readonly version: readonly [major: number, minor: number];
  /** The registry as it stands in the image's name. */
  readonly registry: string;
  /** `namespace/name`; undefined: any image of the registry. */
  readonly repository: string | undefined;
  /** The files that the engine reads, in its order. */
  readonly files: readonly AuthFile[];
  readonly registriesConf: RegistriesConf;
  readonly dockerAuthConfig: EngineState['dockerAuthConfig'];
  /** Whether the engine finds `docker-credential-NAME`. */
  isOnPath(helper: string): boolean;
}

/** What the engine does, in its order, and what it sends in the end. */
export interface Trace {
  readonly steps: readonly LookupStep[];
  readonly winner: Winner;
}

/** A step, and who wins if the lookup ends with it. */
export interface Look extends LookupStep {
  readonly winner?: Winner;
}

/** @returns the steps up to the first that ends the lookup; without one the engine goes on anonymously */
export function traceOf(looks: Iterable<Look>): Trace {
  const steps: LookupStep[] = [];
  for (const { winner, ...step } of looks) {
    steps.push(step);
    if (winner !== undefined) return { steps, winner };
  }
  return { steps, winner: { kind: 'anonymous' } };
}

/** @returns a login as the winner of a lookup */
export function loginWins(login: StoredLogin, where: string): Winner {
  return { kind: 'login', key: login.key, where, dead: login.secret?.dead === true };
}

/** @returns what is there of a file that holds nothing to be found; undefined if it may hold something */
export function emptiness({ state }: Pick<AuthFile, 'state'>): string | undefined {
  return state === 'absent' ? 'there is no such file' : state === 'blank' ? 'the file is empty' : undefined;
}

/** @returns names in quotes, as a list */
export function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}
