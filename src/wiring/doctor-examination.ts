import type { Check } from '../cli/doctor/check.ts';
import { ownConfig } from '../cli/doctor/checks/own-config.ts';
import type { DoctorArguments } from '../cli/doctor/parse-arguments.ts';
import type { Examination } from '../cli/doctor/run-doctor.ts';
import type { Place } from '../storage/directories.ts';
import { readOwnConfig } from './doctor-config.ts';

/** Looks at the machine anew: every file is read once, however many checks look into it. */
export function examine({ subject }: DoctorArguments, here: Place): Examination {
  const config = readOwnConfig(here);
  const checks: readonly Check[] = [
    { id: 'own-config', run: () => ownConfig({ readConfig: async () => (await config).reading() }) },
  ];
  return {
    checks,
    hosts: async () => {
      const bound = (await config).hosts;
      return subject.kind === 'all' ? bound : 'host' in subject ? [subject.host] : [];
    },
    lookups: async () => [],
  };
}
