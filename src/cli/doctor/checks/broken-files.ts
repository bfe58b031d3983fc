import { shellQuoted } from '../../../credential/quoting.ts';
import type { AuthFile, EngineState } from '../engine-state.ts';
import type { Finding, Fix } from '../finding.ts';

export interface BrokenFilesPorts {
  engineState(): Promise<EngineState>;
  /** Mends what is ours to mend in a file. */
  fixOf(path: string): Fix;
}

/** Files of the engines that they can't read. */
export async function brokenFiles({ engineState, fixOf }: BrokenFilesPorts): Promise<readonly Finding[]> {
  const { files } = await engineState();
  const there = files.filter(({ state }) => state !== 'absent');
  const broken = there.filter(({ state }) => state !== 'read');
  const isRead = broken.every(({ current }) => !current);
  const count = there.length - broken.length;
  const ok: Finding = {
    status: 'ok',
    saw:
      count === 0
        ? 'docker and podman have no files yet'
        : `docker and podman can read their files (${count})`,
  };
  return [...(isRead ? [ok] : []), ...broken.flatMap((file) => describe(file, fixOf))];
}

function describe(file: AuthFile, fixOf: (path: string) => Fix): Finding[] {
  const { path, state, fault, current, readBy } = file;
  const isDockers = readBy.includes('docker');
  if (state === 'blank') {
    // docker takes an empty config.json for none.
    const why = 'podman, buildah and skopeo refuse an empty file, and fail every pull';
    return [
      {
        status: statusOf(current),
        saw: `${path} is empty`,
        why,
        mend: `echo '{}' > ${shellQuoted(path)}`,
        fix: fixOf(path),
      },
    ];
  }
  const podman = 'podman, buildah and skopeo fail every pull for it';
  const why = isDockers
    ? `docker ignores the whole file, with every login and helper in it; ${podman}`
    : podman;
  const mend = `Mend ${path} there, or move it away: mv ${shellQuoted(path)} ${shellQuoted(`${path}.broken`)}`;
  return [{ status: statusOf(current), saw: fault ?? `${path} can't be read`, why, mend }];
}

/** What is read only with other variables may never be. */
function statusOf(current: boolean): 'problem' | 'warning' {
  return current ? 'problem' : 'warning';
}
