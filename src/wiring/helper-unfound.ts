import { helperOnPath } from '../commands/doctor/checks/helper-on-path.ts';
import { findOnPath } from '../engines/find-on-path.ts';
import type { Place } from '../files/directories.ts';
import { OUR_HELPER } from '../hosts/helper-names.ts';
import { AppError } from '../hosts/reason.ts';
import { selfCommand } from './spawn-renewal.ts';

/**
 * Why engines that are started from here would not find this helper, in doctor's words.
 * @returns undefined: they find it
 */
export async function whyHelperUnfound(here: Place): Promise<AppError | undefined> {
  const findings = await helperOnPath({
    findHelper: async () => findOnPath(`docker-credential-${OUR_HELPER}`, here),
    self: selfCommand(),
    platform: here.platform,
  });
  const problem = findings.find(({ status }) => status === 'problem');
  if (problem === undefined) return undefined;
  const { saw, why, mend } = problem;
  return new AppError({
    code: 'helper-not-on-path',
    message: `Nothing was changed: ${why === undefined ? saw : `${saw}. ${why}`}`,
    fix: mend === undefined ? undefined : { run: mend },
  });
}
