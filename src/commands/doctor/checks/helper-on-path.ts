import type { FoundProgram } from '../../../engines/find-on-path.ts';
import { shellQuoted } from '../../../hosts/quoting.ts';
import type { Finding } from '../finding.ts';

export interface HelperOnPathPorts {
  /** All of that name, in the order of the PATH. */
  findHelper(): Promise<readonly FoundProgram[]>;
  /** How this program was started: the helper alone, or Node and its entry. */
  readonly self: readonly string[];
  readonly platform: NodeJS.Platform;
}

const WHY =
  'podman, buildah and skopeo fail every pull from a host that names the helper, with a text that misleads; docker goes on anonymously without a word';
/** Directories that every environment has on its PATH: desktops, cron, sudo and services, too. */
const EVERYWHERE = /^(?:\/usr\/local\/bin|\/usr\/bin|\/bin)\//;

/** Whether engines that are started from here find the helper. */
export async function helperOnPath(ports: HelperOnPathPorts): Promise<readonly Finding[]> {
  const found = await ports.findHelper();
  const first = found.find(({ isExecutable }) => isExecutable);
  const [other] = found;
  if (first === undefined && other !== undefined) {
    const mend = `chmod +x ${shellQuoted(other.path)}`;
    return [{ status: 'problem', saw: `${other.path} is not executable`, why: WHY, mend }];
  }
  if (first === undefined) {
    const saw = 'docker-credential-openshift is in no directory of the PATH';
    return [{ status: 'problem', saw, why: WHY, mend: installation(ports.self) }];
  }
  // Go runs no program that it found by a relative entry of the PATH (os/exec, ErrDot).
  if (ports.platform !== 'win32' && !first.path.startsWith('/')) {
    const saw = `The helper is on the PATH only by a relative entry (${first.path})`;
    return [
      {
        status: 'problem',
        saw,
        why: `Engines refuse to run it from there. ${WHY}`,
        mend: installation(ports.self),
      },
    ];
  }
  const ok: Finding = { status: 'ok', saw: `Engines find the helper: ${first.path}` };
  if (ports.platform === 'win32' || EVERYWHERE.test(first.path)) return [ok];
  const saw = `${first.path} is in a directory that cron, services, sudo and desktops seldom have on their PATH`;
  return [
    ok,
    {
      status: 'note',
      saw,
      why: 'An engine that is started there does not find it',
      mend: installation(ports.self),
    },
  ];
}

function installation(self: readonly string[]): string {
  const [program = '', entry] = self;
  return entry === undefined
    ? `sudo install -m 755 ${shellQuoted(program)} /usr/local/bin/docker-credential-openshift`
    : 'Install the helper into a directory of the PATH, such as /usr/local/bin.';
}
