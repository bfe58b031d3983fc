import type { ConfigReading } from '../../commands/doctor/machine.ts';
import { describeProblem } from '../../config/config.ts';
import { type ParsedConfig, parseConfig } from '../../config/parse-config.ts';
import { configFile, type Place } from '../../files/directories.ts';
import { readRegularFile } from '../../files/read-regular-file.ts';
import { environmentSettings } from '../../hosts/environment-settings.ts';
import { AppError, type Reason } from '../../hosts/reason.ts';

const LARGEST_CONFIG = 1024 * 1024;

/** Our config as `doctor` sees it. */
export interface DoctorConfig {
  /** All of the file that could be understood; a sentence where it can't be read. */
  readonly parsed: ParsedConfig | AppError;
  /** @throws AppError if the file can't be read */
  reading(): ConfigReading;
}

/** Reads our config and the variables that stand in for it. Never throws: `reading` does. */
export async function readOwnConfig(here: Place): Promise<DoctorConfig> {
  const path = configFile(here);
  const given = environmentSettings(here.env);
  const text = await textOf(path);
  const parsed = parseConfig(typeof text === 'string' ? text : '', path ?? '');
  const { config, problems } = parsed;
  const names = [...new Set([...config.registries.keys(), ...given.registries.keys()])].sort();
  const isAnonymous = (host: string) =>
    (given.registries.get(host) ?? config.registries.get(host))?.anonymous === true;
  return {
    parsed: text instanceof AppError ? text : parsed,
    reading: () => {
      if (text instanceof AppError) throw text;
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
        isThere: text !== undefined,
        problems: [...faults, ...variables],
        hosts: names.filter((host) => !isAnonymous(host)),
        anonymous: names.filter(isAnonymous),
        secretPlace: config.secrets ?? 'keychain',
      };
    },
  };
}

async function textOf(path: string | null): Promise<string | undefined | AppError> {
  try {
    return path === null ? undefined : await readRegularFile(path, LARGEST_CONFIG);
  } catch (error) {
    // Told by the check that looks at the config; the others go on without it.
    if (error instanceof AppError) return error;
    throw error;
  }
}
