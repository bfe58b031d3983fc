import type {
  AuthFile,
  Engine,
  EngineState,
  LookupStep,
  RegistriesConf,
  StoredLogin,
  Winner,
} from '../engine-state.ts';

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
  readonly winner?: Found;
}

/** Who wins, as far as one place tells: what follows a helper's "not found" stands in the steps after it. */
type Found = Exclude<Winner, { kind: 'helper' }> | Omit<Extract<Winner, { kind: 'helper' }>, 'otherwise'>;

/** @returns the steps up to the one that ends the lookup; without one the engine goes on anonymously */
export function traceOf(looks: Iterable<Look>): Trace {
  const steps: LookupStep[] = [];
  let helper: Extract<Found, { kind: 'helper' }> | undefined;
  /** How many steps there are up to the helper. */
  let shown = 0;
  for (const { winner, ...step } of looks) {
    steps.push(step);
    if (winner === undefined) continue;
    if (winner.kind !== 'helper')
      return { steps, winner: helper === undefined ? winner : { ...helper, otherwise: winner } };
    // Another helper behind the first counts only where that has no credential: what it has is not known here.
    if (helper === undefined) shown = steps.length;
    helper ??= winner;
  }
  if (helper === undefined) return { steps, winner: { kind: 'anonymous' } };
  return { steps: steps.slice(0, shown), winner: { ...helper, otherwise: { kind: 'anonymous' } } };
}

/** @returns a login as the winner of a lookup */
export function loginWins(login: StoredLogin, where: string): Extract<Winner, { kind: 'login' }> {
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
