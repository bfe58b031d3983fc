import { spawnSync } from 'node:child_process';
import { canUnshare } from '../e2e/as-root.ts';
import { canStopFileSystems } from '../support/stopped-file-system.ts';
import { canLimit } from './cgroup.ts';
import type { Means } from './fault.ts';

const THERE: Readonly<Record<Means, boolean>> = {
  root: canUnshare,
  'root and bindfs': canStopFileSystems,
  'root and a cgroup': canUnshare && canLimit(),
  strace: spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0,
};

/** Whether a machine has what a fault takes. */
export function isThere(means: Means | undefined): boolean {
  return means === undefined || THERE[means];
}
