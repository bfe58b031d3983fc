import { shellQuoted } from '../../../credential/quoting.ts';
import { VERSION } from '../../version.ts';
import type { Finding } from '../finding.ts';
import type { FoundProgram } from './helper-on-path.ts';

export interface HelperVersionsPorts {
  findHelper(): Promise<readonly FoundProgram[]>;
  /** What a program's `version` prints first; undefined: it prints none, fails, or takes too long. */
  versionOf(path: string): Promise<string | undefined>;
  /** How this program was started: the helper alone, or Node and its entry. */
  readonly self: readonly string[];
}

/** Whether the helper that engines run, and others of its name behind it, are of this version. */
export async function helperVersions(ports: HelperVersionsPorts): Promise<readonly Finding[]> {
  const programs = (await ports.findHelper()).filter(({ isExecutable }) => isExecutable);
  const versions = await Promise.all(programs.map(({ path }) => ports.versionOf(path)));
  return programs.flatMap(({ path }, index) => {
    const version = versions[index];
    if (version === VERSION) return index === 0 ? [{ status: 'ok', saw: `${path} is ${VERSION}` }] : [];
    return [otherVersion(path, version, index === 0, ports.self)];
  });
}

function otherVersion(
  path: string,
  version: string | undefined,
  isFirst: boolean,
  self: readonly string[],
): Finding {
  const [program = '', entry] = self;
  const saw =
    version === undefined
      ? `${path} does not tell its version`
      : `${path} is ${version}, and this is ${VERSION}`;
  if (!isFirst) {
    const why = 'Engines with another PATH may run it';
    return { status: 'note', saw, why, mend: `rm ${shellQuoted(path)}` };
  }
  return {
    status: 'warning',
    saw,
    why: 'It is the one that engines run; what this one does and tells may not hold for it',
    mend:
      entry === undefined
        ? `sudo install -m 755 ${shellQuoted(program)} ${shellQuoted(path)}`
        : 'Install this version there, or put its directory first in the PATH.',
  };
}
