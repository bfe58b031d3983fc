import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Debian's docker 20.10 is what the facts were seen with; a newer client in /usr/local/bin is not meant. */
export const programPaths = {
  podman: '/usr/bin/podman',
  buildah: '/usr/bin/buildah',
  skopeo: '/usr/bin/skopeo',
  docker: '/usr/bin/docker',
  dockerd: '/usr/sbin/dockerd',
  newuidmap: '/usr/bin/newuidmap',
  unshare: '/usr/bin/unshare',
  setpriv: '/usr/bin/setpriv',
  useradd: '/usr/sbin/useradd',
} as const;

type ProgramName = keyof typeof programPaths;

/** Why this machine can't run tests that need these programs, in a few words; undefined: it can. */
function whyNot(needed: readonly ProgramName[]): string | undefined {
  if (process.platform !== 'linux') return 'needs Linux';
  if (process.geteuid?.() !== 0) return 'needs root';
  const missing = needed.filter((name) => !existsSync(programPaths[name]));
  if (missing.length > 0) return `needs ${missing.join(', ')}`;
  // Root of a container may lack it.
  const mayMount = spawnSync(programPaths.unshare, ['--mount', 'true'], { timeout: 60_000 }).status === 0;
  return mayMount ? undefined : 'needs the right to mount';
}

/** Name and options of a suite: one that can't run here is skipped with the reason in its name. */
export function engineSuite(
  title: string,
  ...needed: readonly ProgramName[]
): [name: string, options: { skip: boolean }] {
  const reason = whyNot(['unshare', ...needed]);
  return reason === undefined ? [title, { skip: false }] : [`${title} (skipped: ${reason})`, { skip: true }];
}
