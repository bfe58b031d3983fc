import { AppError, describeError } from '../../hosts/reason.ts';
import { INSTALL_COMMAND, type TimerAction, type TimerPorts } from './timer-ports.ts';

/**
 * `renew --install-timer | --remove-timer | --timer-status`: the hourly `renew --all` of this user, by a systemd
 * user timer, a launchd agent or a scheduled task. Where there is none of them, nothing is installed, and a line
 * for cron is printed.
 * @returns the exit status. install: 0 if the timer runs; remove: 0 if there is none any more; status: 0 if it
 * runs as it would be installed now; else 1, and stderr says why
 */
export async function runTimer(action: TimerAction, ports: TimerPorts): Promise<number> {
  try {
    refuseOthersHome(ports);
    const timer = await timerOf(ports.platform);
    return await timer[action](ports);
  } catch (error) {
    // Everything a person can mend is an AppError; the rest is a defect and goes up.
    if (!(error instanceof AppError)) throw error;
    ports.printError(describeError(error));
    return 1;
  }
}

/** Under sudo with a person's HOME the timer would be root's, with that person's files in its hands. */
function refuseOthersHome({ env, uid }: TimerPorts): void {
  const caller = env.SUDO_UID ?? '';
  const atHome = ['/root', '/var/root'].includes(env.HOME ?? '');
  if (uid !== 0 || atHome || caller === '' || caller === '0') return;
  throw new AppError({
    code: 'TIMER_UNDER_SUDO',
    message: `sudo left HOME at ${env.HOME}, and the timer would be root's; timers belong to who logs in`,
    fix: { run: `${INSTALL_COMMAND} (without sudo, or by sudo -H for root's own)` },
  });
}

type Timer = Record<TimerAction, (ports: TimerPorts) => Promise<number>>;

async function timerOf(platform: NodeJS.Platform): Promise<Timer> {
  switch (platform) {
    case 'linux': {
      const linux = await import('./systemd-timer.ts');
      const { systemdTimerStatus } = await import('./systemd-status.ts');
      return {
        install: linux.installSystemdTimer,
        remove: linux.removeSystemdTimer,
        status: systemdTimerStatus,
      };
    }
    case 'darwin': {
      const mac = await import('./launchd-timer.ts');
      return { install: mac.installAgent, remove: mac.removeAgent, status: mac.agentStatus };
    }
    case 'win32': {
      const windows = await import('./windows-timer.ts');
      return { install: windows.installTask, remove: windows.removeTask, status: windows.taskStatus };
    }
    default: {
      const cron = await import('./cron.ts');
      const why = `there is no timer for ${platform} yet`;
      return {
        install: (ports) => cron.adviseCron(ports, why),
        remove: (ports) => cron.removeFromCron(ports, false),
        status: cron.cronStatus,
      };
    }
  }
}
