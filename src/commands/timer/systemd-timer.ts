import { posix } from 'node:path';
import { adviseCron, removeFromCron } from './cron.ts';
import { sayInstalled } from './install-notes.ts';
import { SERVICE_UNIT, systemdService, systemdTimer, TIMER_UNIT } from './systemd-units.ts';
import { timerCommand } from './timer-command.ts';
import { homeOf, timerEnvironment } from './timer-environment.ts';
import { mustRun, putBack, reasonOf, removeTimerFiles, replaceTimerFiles } from './timer-files.ts';
import type { TimerPorts } from './timer-ports.ts';

/** What `systemctl is-system-running` says of a manager that takes orders (systemctl(1)). */
const MANAGER_STATES = ['running', 'degraded', 'starting', 'initializing', 'maintenance'];
const SEE_TIMER = { run: `systemctl --user status ${TIMER_UNIT}` };

/**
 * Installs the units and starts the timer; where no user manager answers, prints a line for cron instead.
 * @returns 0, or 1 if nothing was installed. Throws an AppError; the units are then as before.
 */
export async function installSystemdTimer(ports: TimerPorts): Promise<number> {
  const environment = timerEnvironment(ports);
  const service = systemdService(timerCommand(ports.binary), environment.variables);
  const absent = await managerAbsent(ports);
  if (absent !== undefined) return adviseCron(ports, `no systemd user manager answers here (${absent})`);
  const directory = await unitDirectory(ports);
  const files = new Map([
    [posix.join(directory, SERVICE_UNIT), service],
    [posix.join(directory, TIMER_UNIT), systemdTimer()],
  ]);
  await replaceTimerFiles(
    files,
    ports,
    async () => {
      await mustRun(ports, 'systemctl', ['--user', 'daemon-reload'], SEE_TIMER);
      await mustRun(ports, 'systemctl', ['--user', 'enable', '--now', TIMER_UNIT], SEE_TIMER);
    },
    async () => {
      // `enable` may have got as far as its link.
      if ((await ports.readText(posix.join(directory, TIMER_UNIT))) === undefined)
        await putBack(enablement(directory), undefined, ports);
      await ports.run('systemctl', ['--user', 'daemon-reload']);
    },
  );
  sayInstalled(TIMER_UNIT, environment, ports);
  await explainLinger(ports);
  return 0;
}

/** Stops the timer and removes its units. Returns 0, or 1 if cron still has a line of ours. Throws an AppError. */
export async function removeSystemdTimer(ports: TimerPorts): Promise<number> {
  const absent = await managerAbsent(ports);
  const wasEnabled = absent === undefined && (await disable(ports));
  const directories = unitDirectories(ports);
  const removed = await removeTimerFiles(
    directories.flatMap((directory) => [
      // Without a manager nobody else takes away what `enable` made; first, while it leads somewhere.
      enablement(directory),
      posix.join(directory, SERVICE_UNIT),
      posix.join(directory, TIMER_UNIT),
    ]),
    ports,
  );
  for (const path of removed) ports.print(`${path}: removed`);
  if (absent === undefined) {
    await ports.run('systemctl', ['--user', 'daemon-reload']);
    // Fails for units that did not fail; it takes failed ones off the list.
    await ports.run('systemctl', ['--user', 'reset-failed', SERVICE_UNIT, TIMER_UNIT]);
  }
  return removeFromCron(ports, removed.length > 0 || wasEnabled);
}

/** Why no user manager can be asked; undefined if one can. */
export async function managerAbsent({ run }: Pick<TimerPorts, 'run'>): Promise<string | undefined> {
  const result = await run('systemctl', ['--user', 'is-system-running']);
  if (result !== 'missing' && MANAGER_STATES.includes(result.stdout.trim())) return undefined;
  if (result === 'missing') return 'systemctl is not installed';
  const why = reasonOf(result);
  return why === 'offline' ? 'the system was not started by systemd' : why;
}

/** Stops the timer, ours or a package's. Returns whether it was switched on. */
async function disable(ports: TimerPorts): Promise<boolean> {
  const result = await ports.run('systemctl', ['--user', 'is-enabled', TIMER_UNIT]);
  // `disabled`, `not-found`, or nothing for units that are not there.
  if (result === 'missing' || !result.stdout.startsWith('enabled')) return false;
  await mustRun(ports, 'systemctl', ['--user', 'disable', '--now', TIMER_UNIT], SEE_TIMER);
  return true;
}

/** Where this user's units may lie; the shell's XDG_CONFIG_HOME first. Throws an AppError HOME_UNKNOWN. */
function unitDirectories({ env }: TimerPorts): string[] {
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
async function unitDirectory(ports: TimerPorts): Promise<string> {
  const directories = unitDirectories(ports);
  const [first = ''] = directories;
  if (directories.length === 1) return first;
  const result = await ports.run('systemctl', ['--user', 'show', '--property=UnitPath', '--value']);
  const read = result === 'missing' ? [] : result.stdout.trim().split(/\s+/);
  return directories.find((directory) => read.includes(directory)) ?? first;
}

async function explainLinger(ports: TimerPorts): Promise<void> {
  const uid = String(ports.uid);
  const result = await ports.run('loginctl', ['show-user', uid, '--property=Linger']);
  if (result === 'missing' || result.stdout.trim() !== 'Linger=no') return;
  const user = /^[a-z_][\w.-]*$/i.test(ports.env.USER ?? '') ? ports.env.USER : uid;
  ports.print(
    `It rests while you are logged out. Only on a headless machine that matters: sudo loginctl enable-linger ${user}`,
  );
}
