import { describeProblem } from '../../config/config.ts';
import type { ConfigFile } from '../../config/read-settings.ts';
import type { EnvironmentSettings } from '../../hosts/environment-settings.ts';
import type { Reason } from '../../hosts/reason.ts';
import type { SecretPlace } from '../../hosts/secret-store.ts';

/** Our config, as far as it matters here. */
export interface ConfigReading {
  /** Undefined: there is no place for it, without a HOME. */
  readonly path: string | undefined;
  readonly isThere: boolean;
  /** What is wrong with the file, with line and column, and with the variables that speak for it. */
  readonly problems: readonly Reason[];
  /** The hosts that the config and the environment name, sorted; none of those that are to be anonymous. */
  readonly hosts: readonly string[];
  /** Those that are to be anonymous. */
  readonly anonymous: readonly string[];
  readonly secretPlace: SecretPlace;
}

/** Our config and the variables that stand in for it, as checks look at them. @throws AppError if the file can't be read */
export function configReading(
  { path, isThere, parsed, fault }: ConfigFile,
  given: Pick<EnvironmentSettings, 'registries' | 'problems'>,
): ConfigReading {
  if (fault !== undefined) throw fault;
  const { config, problems } = parsed;
  const names = [...new Set([...config.registries.keys(), ...given.registries.keys()])].sort();
  const isAnonymous = (host: string) =>
    (given.registries.get(host) ?? config.registries.get(host))?.anonymous === true;
  const faults: Reason[] = problems.map((problem) => ({
    code: 'config-fault',
    why: describeProblem(problem),
    fix: { do: `Correct that line of ${problem.path}.` },
  }));
  const variables: Reason[] = given.problems.map((why) => ({
    code: 'variable-fault',
    why,
    fix: { do: 'Correct or unset that variable.' },
  }));
  return {
    path: path ?? undefined,
    isThere,
    problems: [...faults, ...variables],
    hosts: names.filter((host) => !isAnonymous(host)),
    anonymous: names.filter(isAnonymous),
    secretPlace: config.secrets ?? 'keychain',
  };
}
