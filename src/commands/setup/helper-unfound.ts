import { existsSync } from 'node:fs';
import { ENGINES } from '../../engines/engines.ts';
import { findOnPath } from '../../engines/find-on-path.ts';
import { engineVersion } from '../../engines/program-versions.ts';
import type { Place } from '../../files/directories.ts';
import { AppError } from '../../hosts/reason.ts';
import { frontOf, selfCommand } from '../../process/front.ts';
import { runProgram } from '../../process/run-program.ts';
import { helperOnPath } from '../doctor/checks/helper-program.ts';

/**
 * Why engines that are started from here would not find this helper, in doctor's words.
 * @returns undefined: they find it
 */
export async function whyHelperUnfound(here: Place): Promise<AppError | undefined> {
  const findings = await helperOnPath({
    engines: ENGINES,
    engineVersion: (engine) => engineVersion(engine, here, runProgram),
    findProgram: (name) => findOnPath(name, here),
    self: selfCommand(),
    hasFront: frontOf() !== undefined,
    platform: here.platform,
    exists: existsSync,
  });
  const problem = findings.find(({ status }) => status === 'problem');
  if (problem === undefined) return undefined;
  const { why, effect, fix } = problem;
  return new AppError({
    code: 'helper-not-on-path',
    message: `Nothing was changed: ${effect === undefined ? why : `${why}. ${effect}`}`,
    fix,
  });
}
