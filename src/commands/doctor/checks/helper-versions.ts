import type { FoundProgram } from '../../../engines/find-on-path.ts';
import { shellQuoted } from '../../../hosts/quoting.ts';
import { VERSION } from '../../version.ts';
import type { Finding } from '../finding.ts';

/** What a program's `version` prints first; `silent`: none, or it fails or takes too long; `not-run`: the system refuses. */
export type ToldVersion =
  | { readonly kind: 'told'; readonly version: string }
  | { readonly kind: 'silent' | 'not-run' };

export interface HelperVersionsPorts {
  findHelper(): Promise<readonly FoundProgram[]>;
  versionOf(path: string): Promise<ToldVersion>;
  /** How this program was started: the helper alone, or Node and its entry. */
  readonly self: readonly string[];
}

/** Whether the helper that engines run, and others of its name behind it, are of this version. */
export async function helperVersions(ports: HelperVersionsPorts): Promise<readonly Finding[]> {
  const programs = (await ports.findHelper()).filter(({ isExecutable }) => isExecutable);
  const versions = await Promise.all(programs.map(({ path }) => ports.versionOf(path)));
  return programs.flatMap(({ path }, index) => {
    const told = versions[index] ?? { kind: 'silent' };
    const isFirst = index === 0;
    if (told.kind === 'not-run') return [notRun(path, isFirst, ports.self)];
    const version = told.kind === 'told' ? told.version : undefined;
    if (version === VERSION) return isFirst ? [{ status: 'ok', saw: `${path} is ${VERSION}` }] : [];
    return [otherVersion(path, version, isFirst, ports.self)];
  });
}

function notRun(path: string, isFirst: boolean, self: readonly string[]): Finding {
  const saw = `This system can't run ${path}: it is no program, or one for another system or processor`;
  if (!isFirst) {
    const why = 'Engines with another PATH may try to';
    return { status: 'note', saw, why, mend: `rm ${shellQuoted(path)}` };
  }
  const why =
    'It is the one that engines try to run: podman, buildah and skopeo fail every pull from a host that names the helper, and docker goes on anonymously or fails, by its version';
  return { status: 'problem', saw, why, mend: thisOneAt(path, self) };
}

function otherVersion(
  path: string,
  version: string | undefined,
  isFirst: boolean,
  self: readonly string[],
): Finding {
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
    mend: thisOneAt(path, self),
  };
}

function thisOneAt(path: string, [program = '', entry]: readonly string[]): string {
  return entry === undefined
    ? `sudo install -m 755 ${shellQuoted(program)} ${shellQuoted(path)}`
    : 'Install this version there, or put its directory first in the PATH.';
}
