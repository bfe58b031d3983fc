import { posix } from 'node:path';
import type { Reason } from '../../hosts/reason.ts';
import {
  differences,
  firstWords,
  type Installation,
  mustRun,
  outdated,
  type Removal,
  type Scheduler,
  stopped,
  type TimerJob,
  type TimerMachine,
  type TimerState,
} from './scheduler.ts';
import {
  nameOfUnitLine,
  namesOverriddenBy,
  SERVICE_UNIT,
  systemdService,
  systemdTimer,
  TIMER_UNIT,
} from './systemd-units.ts';
import { homeOf, putBack, removeTimerFiles, replaceTimerFiles } from './timer-environment.ts';

/** What `systemctl is-system-running` says of a manager that takes orders (systemctl(1)). */
const MANAGER_STATES = ['running', 'degraded', 'starting', 'initializing', 'maintenance'];
const SEE_TIMER = `systemctl --user status ${TIMER_UNIT}`;

/** A systemd user timer. */
export function systemd(machine: TimerMachine): Scheduler {
  return {
    whyUnusable: async () => {
      const why = await whyNoManager(machine);
      return why === undefined ? undefined : `no systemd user manager answers here (${why})`;
    },
    install: (job) => install(job, machine),
    remove: () => remove(machine),
    status: (job) => status(job, machine),
  };
}

/** @returns why no user manager can be asked; undefined if one can */
async function whyNoManager({ run }: Pick<TimerMachine, 'run'>): Promise<string | undefined> {
  const result = await run('systemctl', ['--user', 'is-system-running']);
  if (result !== 'missing' && MANAGER_STATES.includes(result.stdout.trim())) return undefined;
  if (result === 'missing') return 'systemctl is not installed';
  const why = firstWords(result);
  return why === 'offline' ? 'the system was not started by systemd' : why;
}

async function install(job: TimerJob, machine: TimerMachine): Promise<Installation> {
  const service = systemdService(job);
  const directory = await unitDirectory(machine);
  const files = await replaceTimerFiles(
    new Map([
      [posix.join(directory, SERVICE_UNIT), service],
      [posix.join(directory, TIMER_UNIT), systemdTimer()],
    ]),
    machine,
    async () => {
      await mustRun(machine, 'systemctl', ['--user', 'daemon-reload'], SEE_TIMER);
      await mustRun(machine, 'systemctl', ['--user', 'enable', '--now', TIMER_UNIT], SEE_TIMER);
    },
    async () => {
      // `enable` may have got as far as its link.
      if ((await machine.readText(posix.join(directory, TIMER_UNIT))) === undefined)
        await putBack(enablement(directory), undefined, machine);
      await machine.run('systemctl', ['--user', 'daemon-reload']);
    },
  );
  return { kind: 'installed', name: TIMER_UNIT, files, restsWithout: await userWithoutLinger(machine) };
}

async function remove(machine: TimerMachine): Promise<Removal> {
  const hasManager = (await whyNoManager(machine)) === undefined;
  const wasEnabled = hasManager && (await disable(machine));
  const paths = await removeTimerFiles(
    unitDirectories(machine).flatMap((directory) => [
      // Without a manager nobody else takes away what `enable` made; first, while it leads somewhere.
      enablement(directory),
      posix.join(directory, SERVICE_UNIT),
      posix.join(directory, TIMER_UNIT),
    ]),
    machine,
  );
  if (hasManager) {
    await machine.run('systemctl', ['--user', 'daemon-reload']);
    // Fails for units that did not fail; it takes failed ones off the list.
    await machine.run('systemctl', ['--user', 'reset-failed', SERVICE_UNIT, TIMER_UNIT]);
  }
  return { paths, wasThere: paths.length > 0 || wasEnabled };
}

/** Stops the timer, ours or a package's. @returns whether it was switched on */
async function disable(machine: TimerMachine): Promise<boolean> {
  const result = await machine.run('systemctl', ['--user', 'is-enabled', TIMER_UNIT]);
  // `disabled`, `not-found`, or nothing for units that are not there.
  if (result === 'missing' || !result.stdout.startsWith('enabled')) return false;
  await mustRun(machine, 'systemctl', ['--user', 'disable', '--now', TIMER_UNIT], SEE_TIMER);
  return true;
}

async function status(job: TimerJob, machine: TimerMachine): Promise<TimerState | undefined> {
  if ((await whyNoManager(machine)) !== undefined) return undefined;
  const timer = await properties(machine, TIMER_UNIT, [
    'LoadState',
    'ActiveState',
    'FragmentPath',
    'DropInPaths',
    'NextElapseUSecRealtime',
    'LastTriggerUSec',
  ]);
  if (timer.get('LoadState') !== 'loaded') return undefined;
  const service = await properties(machine, SERVICE_UNIT, [
    'FragmentPath',
    'DropInPaths',
    'Result',
    'ExecMainStatus',
  ]);
  const state = timer.get('ActiveState') ?? 'not known';
  const read = async (path = '') => (path === '' ? '' : ((await machine.readText(path)) ?? ''));
  const changed = [
    ...differences(await read(service.get('FragmentPath')), systemdService(job), nameOfUnitLine),
    ...differences(await read(timer.get('FragmentPath')), systemdTimer(), () => 'the schedule'),
  ];
  return {
    next: state === 'active' ? (timeIn(timer.get('NextElapseUSecRealtime')) ?? 'not known') : undefined,
    last: lastRun(timer, service),
    files: [service, timer].map((unit) => unit.get('FragmentPath') ?? ''),
    problems: [
      ...(state === 'active' ? [] : [stopped(state)]),
      ...outdated(changed),
      ...(await overridden(`${timer.get('DropInPaths')} ${service.get('DropInPaths')}`, job, read)),
    ],
  };
}

async function overridden(
  dropIns: string,
  job: TimerJob,
  read: (path: string) => Promise<string>,
): Promise<Reason[]> {
  const changed = new Set<string>();
  const paths: string[] = [];
  for (const path of dropIns.split(' ').filter((text) => text.startsWith('/'))) {
    const names = namesOverriddenBy(await ifReadable(path, read), job);
    for (const name of names) changed.add(name);
    if (names.length > 0) paths.push(path);
  }
  if (paths.length === 0) return [];
  const why = `${paths.join(' and ')} changes ${[...changed].sort().join(', ')} of the timer`;
  const run = `systemctl --user revert ${SERVICE_UNIT} ${TIMER_UNIT}`;
  return [{ code: 'timer-overridden', why, fix: { run } }];
}

async function ifReadable(path: string, read: (path: string) => Promise<string>): Promise<string> {
  try {
    return await read(path);
  } catch (error) {
    // An administrator's own; a defect is told.
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error;
    return '';
  }
}

function lastRun(
  timer: ReadonlyMap<string, string>,
  service: ReadonlyMap<string, string>,
): TimerState['last'] {
  const at = timeIn(timer.get('LastTriggerUSec'));
  if (at === undefined) return { result: 'never' };
  const result = service.get('Result');
  if (result === 'success') return { at, result };
  const why = result === 'exit-code' ? `exit status ${service.get('ExecMainStatus')}` : result;
  return { at, result: `failed (${why})`, log: `journalctl --user -u ${SERVICE_UNIT}` };
}

function timeIn(text: string | undefined): string | undefined {
  return text === '' || text === 'n/a' ? undefined : text;
}

async function properties(
  { run }: TimerMachine,
  unit: string,
  names: readonly string[],
): Promise<Map<string, string>> {
  const result = await run('systemctl', ['--user', 'show', unit, `--property=${names.join(',')}`]);
  const text = result === 'missing' ? '' : result.stdout;
  return new Map(
    Array.from(text.matchAll(/^(\w+)=(.*)$/gm), ([, name = '', value = '']) => [name, value] as const),
  );
}

/** Where this user's units may lie; the shell's XDG_CONFIG_HOME first. @throws AppError `home-unknown` */
function unitDirectories({ env }: TimerMachine): string[] {
  const standard = posix.join(homeOf(env), '.config');
  const given = env.XDG_CONFIG_HOME;
  const configs = new Set(given?.startsWith('/') ? [posix.normalize(given), standard] : [standard]);
  return [...configs].map((config) => posix.join(config, 'systemd/user'));
}

/** What `enable` makes. */
function enablement(directory: string): string {
  return posix.join(directory, 'timers.target.wants', TIMER_UNIT);
}

/** The one of them that the manager reads: it does not see what a shell's profile sets. */
async function unitDirectory(machine: TimerMachine): Promise<string> {
  const directories = unitDirectories(machine);
  const [first = ''] = directories;
  if (directories.length === 1) return first;
  const result = await machine.run('systemctl', ['--user', 'show', '--property=UnitPath', '--value']);
  const paths = result === 'missing' ? [] : result.stdout.trim().split(/\s+/);
  return directories.find((directory) => paths.includes(directory)) ?? first;
}

/** @returns the user, if logind ends their services with their last session */
async function userWithoutLinger(machine: TimerMachine): Promise<string | undefined> {
  if ((await lingers(machine)) !== false) return undefined;
  const { USER: user = '' } = machine.env;
  return /^[a-z_][\w.-]*$/i.test(user) ? user : String(machine.uid);
}

/** @returns whether this user's timers run while nobody is logged in; undefined where that can't be told */
export async function lingers({ platform, uid, run }: TimerMachine): Promise<boolean | undefined> {
  if (platform !== 'linux' || uid === undefined) return undefined;
  const result = await run('loginctl', ['show-user', String(uid), '--property=Linger']);
  const [, answer] = /^Linger=(yes|no)$/m.exec(result === 'missing' ? '' : result.stdout) ?? [];
  return answer === undefined ? undefined : answer === 'yes';
}
