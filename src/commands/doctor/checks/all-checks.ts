import type { Check } from '../check.ts';
import { CLUSTER_CHECKS } from './clusters.ts';
import { ENGINE_FILE_CHECKS } from './engine-files.ts';
import { ENGINE_HELPER_CHECKS } from './engine-helpers.ts';
import { ENGINE_LOGIN_CHECKS } from './engine-logins.ts';
import { ENGINE_VARIABLE_CHECKS } from './engine-variables.ts';
import { HELPER_PROGRAM_CHECKS } from './helper-program.ts';
import { IMAGE_CHECKS } from './images.ts';
import { LOGIN_CHECKS } from './logins.ts';
import { OPENSHIFT_CI_CHECKS } from './openshift-ci.ts';
import { OTHER_HELPER_CHECKS } from './other-helpers.ts';
import { OWN_STATE_CHECKS } from './own-state.ts';
import { REGISTRY_CHECKS } from './registries.ts';
import { REGISTRIES_CONF_CHECKS } from './registries-conf.ts';

/** Every check, in the order in which their findings are told. */
export const CHECKS: readonly Check[] = [
  ...HELPER_PROGRAM_CHECKS,
  ...OWN_STATE_CHECKS,
  ...ENGINE_FILE_CHECKS,
  ...ENGINE_HELPER_CHECKS,
  ...OTHER_HELPER_CHECKS,
  ...ENGINE_LOGIN_CHECKS,
  ...ENGINE_VARIABLE_CHECKS,
  ...REGISTRIES_CONF_CHECKS,
  ...OPENSHIFT_CI_CHECKS,
  ...LOGIN_CHECKS,
  ...CLUSTER_CHECKS,
  ...REGISTRY_CHECKS,
  ...IMAGE_CHECKS,
];
