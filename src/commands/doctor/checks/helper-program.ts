import { type EngineState, filesOf } from '../../../engines/engine-state.ts';
import type { FoundProgram } from '../../../engines/program-versions.ts';
import { CLIENTS, withoutHelper } from '../../../engines/without-helper.ts';
import { shellQuoted } from '../../../hosts/quoting.ts';
import type { Fix } from '../../../hosts/reason.ts';
import { VERSION } from '../../../process/version.ts';
import type { Check, Finding } from '../check.ts';
import type { Facts } from '../facts.ts';

/** Whether engines find and run this program. */
export const HELPER_PROGRAM_CHECKS: readonly Check[] = [
  {
    id: 'helper-on-path',
    title: 'engines find the helper, and it is executable',
    needs: 'machine',
    run: helperOnPath,
  },
  {
    id: 'helper-versions',
    title: 'each copy on the PATH can be run here, and is of this version',
    needs: 'machine',
    run: helperVersions,
  },
  {
    id: 'desktop',
    title: "Docker Desktop: its PATH on macOS, Windows' docker and config within WSL",
    needs: 'machine',
    run: desktop,
  },
];

const HELPER = 'docker-credential-openshift';
/** Directories that every environment has on its PATH: desktops, cron, sudo and services, too. */
export const EVERYWHERE = /^(?:\/usr\/local\/bin|\/usr\/bin|\/bin)\//;

/** What comes of it that engines do not find the helper, by their versions. */
async function effectOf({
  engines,
  engineVersion,
  findProgram,
}: Pick<Facts, 'engines' | 'engineVersion' | 'findProgram'>): Promise<string> {
  const known = await Promise.all(
    engines.map(async (engine) => ({ engine, ...(await engineVersion(engine)) })),
  );
  const installed = known.filter(({ isInstalled }) => isInstalled);
  const isThere = (name: string) => findProgram(name).some(({ isExecutable }) => isExecutable);
  const clients = CLIENTS.filter(({ program }) => program !== undefined && isThere(program));
  return withoutHelper(installed.length === 0 ? known : installed, clients);
}

/** Whether engines that are started from here find the helper. */
export async function helperOnPath(
  facts: Pick<
    Facts,
    'engines' | 'engineVersion' | 'findProgram' | 'self' | 'platform' | 'exists' | 'hasFront'
  >,
): Promise<readonly Finding[]> {
  const { findProgram, platform } = facts;
  const programs = findProgram(HELPER);
  const first = programs.find(({ isExecutable }) => isExecutable);
  const [other] = programs;
  if (first === undefined && other !== undefined) {
    const why = `${other.path} is not executable`;
    const fix = { run: `chmod +x ${shellQuoted(other.path)}` };
    const effect = await effectOf(facts);
    return [{ status: 'problem', code: 'helper-not-executable', why, effect, fix }];
  }
  const install = installed('/usr/local/bin/docker-credential-openshift', facts);
  if (first === undefined) {
    const why = `${HELPER} is in no directory of the PATH`;
    const effect = await effectOf(facts);
    return [{ status: 'problem', code: 'helper-not-on-path', why, effect, fix: install }];
  }
  // Go runs no program that it found by a relative entry of the PATH (os/exec, ErrDot).
  if (platform !== 'win32' && !first.path.startsWith('/')) {
    const why = `The helper is on the PATH only by a relative entry (${first.path})`;
    const effect = `Engines refuse to run it from there: ${await effectOf(facts)}`;
    return [{ status: 'problem', code: 'helper-on-relative-path', why, effect, fix: install }];
  }
  const ok: Finding = { status: 'ok', code: 'helper-on-path', why: `Engines find the helper: ${first.path}` };
  // Whatever else is started elsewhere, most people have no such thing.
  const isStartedElsewhere = findProgram('gitlab-runner').length > 0 || facts.exists(APP);
  if (platform === 'win32' || EVERYWHERE.test(first.path) || !isStartedElsewhere) return [ok];
  const why = `${first.path} is in a directory that cron, services, sudo and desktops seldom have on their PATH`;
  const effect = 'An engine that is started there does not find it';
  return [ok, { status: 'note', code: 'helper-not-everywhere', why, effect, fix: install }];
}

/** Whether the helper that engines run, and others of its name behind it, are of this version. */
async function helperVersions(facts: Facts): Promise<readonly Finding[]> {
  const programs = facts.findProgram(HELPER).filter(({ isExecutable }) => isExecutable);
  const findings = programs.map(async ({ path }: FoundProgram, index): Promise<Finding[]> => {
    const told = await facts.helperVersion(path);
    const isFirst = index === 0;
    if (told.kind === 'not-run') return [await notRun(path, isFirst, facts)];
    const version = told.kind === 'told' ? told.version : undefined;
    if (version !== VERSION) return [otherVersion(path, version, isFirst, facts)];
    return isFirst ? [{ status: 'ok', code: 'helper-version', why: `${path} is ${VERSION}` }] : [];
  });
  const fault = await facts.frontFault();
  const effect =
    'Where it is missing, or of another version, engines may get no answer, or that of another version';
  const ofFront: Finding[] = fault === undefined ? [] : [{ status: 'warning', ...fault, effect }];
  return [...(await Promise.all(findings)).flat(), ...ofFront];
}

async function notRun(path: string, isFirst: boolean, facts: Facts): Promise<Finding> {
  const why = `This system can't run ${path}: it is not a program, or one for another system or processor`;
  if (!isFirst) return behind('foreign-copy', path, why, 'Engines with another PATH may try to');
  const effect = `It is the one that engines try to run: ${await effectOf(facts)}`;
  return { status: 'problem', code: 'helper-foreign', why, effect, fix: installed(path, facts) };
}

function otherVersion(path: string, version: string | undefined, isFirst: boolean, facts: Facts): Finding {
  const why =
    version === undefined
      ? `${path} does not tell its version`
      : `${path} is ${version}, and this is ${VERSION}`;
  if (!isFirst) return behind('other-copy', path, why, 'Engines with another PATH may run it');
  const effect = 'It is the one that engines run; what this one does and says may not hold for it';
  return { status: 'warning', code: 'helper-other-version', why, effect, fix: installed(path, facts) };
}

function behind(code: string, path: string, why: string, effect: string): Finding {
  return { status: 'note', code, why, effect, fix: { run: `rm ${shellQuoted(path)}` } };
}

function installed(
  path: string,
  { self, platform, hasFront }: Pick<Facts, 'self' | 'platform' | 'hasFront'>,
): Fix {
  const [program = '', entry] = self;
  if (hasFront && platform === 'win32')
    return { do: `Put the directory that ${program} is in first into the PATH.` };
  // By a link it finds the program beside it; a copy would not.
  if (hasFront) return { run: `sudo ln -sf ${shellQuoted(program)} ${shellQuoted(path)}` };
  if (entry === undefined && platform !== 'win32')
    return { run: `sudo install -m 755 ${shellQuoted(program)} ${shellQuoted(path)}` };
  const where = platform === 'win32' ? '' : ', such as /usr/local/bin';
  return { do: `Install this version of the helper into a directory that comes first in the PATH${where}.` };
}

const APP = '/Applications/Docker.app';
const APPS_HELPER = '/usr/local/bin/docker-credential-openshift';

/** Docker Desktop, which starts engines with a PATH and a home of its own: on macOS, and with WSL. */
async function desktop(facts: Facts): Promise<readonly Finding[]> {
  const { engines, platform, env, exists } = facts;
  if (!engines.includes('docker')) return [];
  if (platform === 'linux' && (env.WSL_DISTRO_NAME ?? '') !== '')
    return onWsl(facts.findProgram, await facts.engineState());
  if (platform !== 'darwin' || !exists(APP)) return [];
  if (exists(APPS_HELPER)) {
    return [{ status: 'ok', code: 'desktop-helper', why: `Docker Desktop finds the helper: ${APPS_HELPER}` }];
  }
  return [
    {
      status: 'warning',
      code: 'desktop-without-helper',
      why: `${APP} is there, and ${APPS_HELPER} is not`,
      effect:
        'What is started from the desktop has not the PATH of your shell: Docker Desktop may not find the helper',
      fix: { run: `sudo ln -s "$(command -v docker-credential-openshift)" ${APPS_HELPER}` },
    },
  ];
}

function onWsl(findProgram: Facts['findProgram'], state: EngineState): Finding[] {
  const findings: Finding[] = [];
  const [native] = findProgram('docker');
  const [windows] = findProgram('docker.exe');
  if (windows !== undefined) {
    findings.push({
      status: native === undefined ? 'warning' : 'note',
      code: 'docker-of-windows',
      why: `${windows.path} is Windows' docker`,
      effect:
        'It reads the config in the home directory of Windows, and runs helpers of Windows: what is set up here does not count for it',
      fix: { do: 'In PowerShell, run: docker-credential-openshift.exe setup' },
    });
  }
  for (const { path, credsStore } of filesOf('docker', state)) {
    if (credsStore !== 'desktop.exe') continue;
    const effect = 'Docker Desktop writes that when it starts; hosts under credHelpers are not touched by it';
    const why = `${path} has the credsStore "desktop.exe"`;
    findings.push({ status: 'note', code: 'creds-store-of-windows', why, effect });
  }
  return findings;
}
