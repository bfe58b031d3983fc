import { AppError, describeError, inOneLine } from '../../hosts/reason.ts';
import type { Printer } from '../../process/terminal.ts';
import { CRON_MARK, cron } from './cron.ts';
import { launchd } from './launchd.ts';
import {
  INSTALL_COMMAND,
  type Scheduler,
  type TimerJob,
  type TimerMachine,
  type TimerState,
} from './scheduler.ts';
import { systemd } from './systemd.ts';
import { timerEnvironment } from './timer-environment.ts';
import { windowsTasks } from './windows-tasks.ts';

export type TimerAction = 'install' | 'remove' | 'status';

/**
 * `renew --install-timer | --remove-timer | --timer-status`: the hourly `renew --all` of this user, by a systemd
 * user timer, a launchd agent or a scheduled task. Where there is none of them, nothing is installed, and a line
 * for cron is printed.
 * @returns the exit status. install: 0 if the timer runs; remove: 0 if there is none any more; status: 0 if it
 * runs as it would be installed now; else 1, and stderr says why
 */
export async function runTimer(
  action: TimerAction,
  machine: TimerMachine,
  printer: Printer,
): Promise<number> {
  try {
    if (action === 'install') return await install(machine, printer);
    if (action === 'remove') return await remove(machine, printer);
    return printState(await stateOf(machine), printer);
  } catch (error) {
    // Everything a person can fix is an AppError; the rest is a defect and goes up.
    if (!(error instanceof AppError)) throw error;
    printer.printError(describeError(error));
    return 1;
  }
}

/** @returns whether this machine has something that could run the timer */
export async function canHaveTimer(machine: TimerMachine): Promise<boolean> {
  const [first] = schedulersOf(machine);
  return first !== undefined && (await first.whyUnusable()) === undefined;
}

/** @returns the timer as it is now; undefined: there is none, or none can be installed from here */
export async function timerState(machine: TimerMachine): Promise<TimerState | undefined> {
  try {
    return await stateOf(machine);
  } catch (error) {
    // Under sudo, or with an environment that no timer can carry: an install says so.
    if (!(error instanceof AppError)) throw error;
    return undefined;
  }
}

async function stateOf(machine: TimerMachine): Promise<TimerState | undefined> {
  const { job } = jobOf(machine);
  for (const scheduler of [...schedulersOf(machine), ...cronOf(machine)]) {
    const state = await scheduler.status(job);
    if (state !== undefined) return state;
  }
  return undefined;
}

/** Those that this program can install a timer by. */
function schedulersOf(machine: TimerMachine): Scheduler[] {
  switch (machine.platform) {
    case 'linux':
      return [systemd(machine)];
    case 'darwin':
      return [launchd(machine)];
    case 'win32':
      return [windowsTasks(machine)];
    default:
      return [];
  }
}

/** What else may have a line of ours. */
function cronOf(machine: TimerMachine): Scheduler[] {
  return machine.platform === 'win32' ? [] : [cron(machine)];
}

/** Under sudo with a person's HOME the timer would be root's, with that person's files in its hands. */
function refuseOthersHome({ env, uid }: TimerMachine): void {
  const caller = env.SUDO_UID ?? '';
  const atHome = ['/root', '/var/root'].includes(env.HOME ?? '');
  if (uid !== 0 || atHome || caller === '' || caller === '0') return;
  throw new AppError({
    code: 'timer-under-sudo',
    message: `sudo left HOME at ${env.HOME}, and the timer would be root's; timers belong to who logs in`,
    fix: { run: `${INSTALL_COMMAND} (without sudo, or by sudo -H for root's own)` },
  });
}

async function install(machine: TimerMachine, { print, printError }: Printer): Promise<number> {
  const { job, leftOut } = jobOf(machine);
  const [first] = schedulersOf(machine);
  const whyNot =
    first === undefined ? `there is no timer for ${machine.platform} yet` : await first.whyUnusable();
  const scheduler = first === undefined || whyNot !== undefined ? cron(machine) : first;
  const result = await scheduler.install(job);
  if (result.kind === 'line') {
    printError(
      `Nothing was installed: ${whyNot}. Where cron runs, add this line (crontab -e); elsewhere let something else run it hourly:`,
    );
    print(result.line);
    if (result.isLong)
      printError('It is longer than most crons take: put its command into a script, and that into crontab.');
  } else {
    for (const { path, isChanged } of result.files)
      print(`${path}: ${isChanged ? 'written' : 'nothing to change'}`);
    print(`Logins are renewed every hour from now on (${result.name}).`);
  }
  if (leftOut.length > 0)
    printError(
      `Left out, since it holds a login: ${leftOut.join(', ')}. If the timer needs it, put it into ${placeForLogins(machine.platform)}.`,
    );
  if (result.kind === 'line') return 1;
  const emptied = machine.binary.find((path) =>
    /^\/(?:private\/)?(?:var\/)?tmp\/|[\\/]_npx[\\/]|[\\/]Temp[\\/]/.test(path),
  );
  if (emptied !== undefined)
    printError(
      `Warning: ${emptied} lies in a place that is emptied now and then; install the helper elsewhere.`,
    );
  if (result.restsWithout !== undefined)
    print(
      `It rests while you are logged out. Only on a headless machine that matters: sudo loginctl enable-linger ${result.restsWithout}`,
    );
  return 0;
}

async function remove(machine: TimerMachine, { print, printError }: Printer): Promise<number> {
  refuseOthersHome(machine);
  let wasThere = false;
  let isLeft = false;
  for (const scheduler of [...schedulersOf(machine), ...cronOf(machine)]) {
    const removal = await scheduler.remove();
    for (const path of removal.paths) print(`${path}: removed`);
    wasThere ||= removal.wasThere;
    isLeft ||= removal.left !== undefined;
  }
  if (wasThere) print('The timer is removed.');
  else if (!isLeft) print('There is no timer of yours.');
  if (!isLeft) return 0;
  printError(`Your crontab renews logins. Take out the line that ends in "${CRON_MARK}". Run: crontab -e`);
  return 1;
}

function printState(state: TimerState | undefined, { print, printError }: Printer): number {
  if (state === undefined) {
    printError(`There is no timer. Run: ${INSTALL_COMMAND}`);
    return 1;
  }
  const { next, last, files, problems } = state;
  print(`Next run: ${next ?? 'none'}`);
  if (last !== undefined) {
    const result = last.at === undefined ? last.result : `${last.at}, ${last.result}`;
    print(`Last run: ${result}${last.log === undefined ? '' : `. See: ${last.log}`}`);
  }
  if (files.length > 0) print(`Files: ${files.join(' ')}`);
  for (const problem of problems) printError(inOneLine([problem]));
  if (problems.every(({ code }) => code === 'timer-stopped')) print('The timer is up to date.');
  return problems.length === 0 ? 0 : 1;
}

function jobOf(machine: TimerMachine): { job: TimerJob; leftOut: readonly string[] } {
  refuseOthersHome(machine);
  const { variables, leftOut } = timerEnvironment(machine);
  return { job: { command: timerCommand(machine.binary), variables }, leftOut };
}

/**
 * The words that the timer starts. Homebrew keeps each version in a directory of its own, which an upgrade removes;
 * `opt/NAME` always leads to the present one (docs.brew.sh, "Formula Cookbook", `opt_prefix`).
 * @param binary the words that start the helper, the first an absolute path
 */
export function timerCommand(binary: readonly string[]): readonly string[] {
  const stable = binary.map((path) => path.replace(/^(.*)\/Cellar\/([^/]+)\/[^/]+\//, '$1/opt/$2/'));
  return [...stable, 'renew', '--all'];
}

function placeForLogins(platform: NodeJS.Platform): string {
  if (platform === 'win32') return "your account's environment variables";
  if (platform === 'darwin') return 'a script that runs `launchctl setenv` at login';
  return '~/.config/environment.d/proxy.conf (mode 600), which user services read';
}
