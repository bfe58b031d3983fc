import type { SecretPlace } from '../hosts/secret-store.ts';
import type { registryKeys, ValueKind } from './config-keys.ts';

type Keys = typeof registryKeys;

/**
 * What the user says about one registry host:
 * `server` (API server URL) and `user` (user entry of the kubeconfig), recorded by `setup`;
 * `context`, a context by name, written by hand instead;
 * `anonymous`: never send a token to this host;
 * `tokenFile`: the token lies in this file; `serviceAccount`: its tokens are minted, for `tokenLifetime` (in seconds),
 * and with `selfRenew` by its own tokens.
 */
export type RegistryEntry = { [K in keyof Keys]?: Keys[K] extends ValueKind<infer T> ? T : never };

/** Our config. Hosts are in the form of `normaliseRegistryHost`. */
export interface Config {
  readonly registries: Map<string, RegistryEntry>;
  /** Where typed secrets are kept; undefined: it does not say, which means the keychain. */
  readonly secrets: SecretPlace | undefined;
}

/** A fault in the config file. Line and column count from 1. */
export interface ConfigProblem {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** The host whose entry it breaks, if it breaks one. */
  readonly host?: string;
  /** It is the value of this key of the file itself. */
  readonly key?: 'secrets';
}

/** A problem as one line, in the form editors and terminals turn into a link. */
export function describeProblem(problem: ConfigProblem): string {
  return `${problem.path}:${problem.line}:${problem.column}: ${problem.message}`;
}
