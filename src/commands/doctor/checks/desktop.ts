import { type EngineState, filesOf } from '../../../engines/engine-state.ts';
import type { FoundProgram } from '../../../engines/find-on-path.ts';
import type { CheckContext } from '../check.ts';
import type { Finding } from '../finding.ts';

export interface DesktopPorts {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  engineState(): Promise<EngineState>;
  /** Whether there is such a file or directory. */
  exists(path: string): boolean;
  /** All programs of a name, in the order of the PATH. */
  findProgram(name: string): Promise<readonly FoundProgram[]>;
}

const APP = '/Applications/Docker.app';
const HELPER = '/usr/local/bin/docker-credential-openshift';

/** Docker Desktop, which starts engines with a PATH and a home of its own: on macOS, and with WSL. */
export async function desktop(
  ports: DesktopPorts,
  { engines }: Pick<CheckContext, 'engines'>,
): Promise<readonly Finding[]> {
  if (!engines.includes('docker')) return [];
  if (ports.platform === 'darwin') return onMac(ports);
  const isWsl = ports.platform === 'linux' && (ports.env.WSL_DISTRO_NAME ?? '') !== '';
  return isWsl ? onWsl(ports) : [];
}

function onMac({ exists }: DesktopPorts): Finding[] {
  if (!exists(APP)) return [];
  if (exists(HELPER)) return [{ status: 'ok', saw: `Docker Desktop finds the helper: ${HELPER}` }];
  return [
    {
      status: 'warning',
      saw: `${APP} is there, and ${HELPER} is not`,
      why: 'What is started from the desktop has not the PATH of your shell: Docker Desktop may not find the helper',
      mend: `sudo ln -s "$(command -v docker-credential-openshift)" ${HELPER}`,
    },
  ];
}

async function onWsl({ engineState, findProgram }: DesktopPorts): Promise<Finding[]> {
  const found: Finding[] = [];
  const [native] = await findProgram('docker');
  const [windows] = await findProgram('docker.exe');
  if (windows !== undefined) {
    found.push({
      status: native === undefined ? 'warning' : 'note',
      saw: `${windows.path} is Windows' docker`,
      why: 'It reads the config in the home directory of Windows, and runs helpers of Windows: what is set up here does not count for it',
      mend: 'In PowerShell, run: docker-credential-openshift.exe setup',
    });
  }
  for (const { path, credsStore } of filesOf('docker', await engineState())) {
    if (credsStore !== 'desktop.exe') continue;
    const why = 'Docker Desktop writes that when it starts; hosts under credHelpers are not touched by it';
    found.push({ status: 'note', saw: `${path} has the credsStore "desktop.exe"`, why });
  }
  return found;
}
