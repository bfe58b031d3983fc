import { differences, outdated } from './compare-timer.ts';
import { cronStatus } from './cron.ts';
import { managerAbsent } from './systemd-timer.ts';
import { nameOfUnitLine, SERVICE_UNIT, systemdService, systemdTimer, TIMER_UNIT } from './systemd-units.ts';
import { timerCommand } from './timer-command.ts';
import { timerEnvironment } from './timer-environment.ts';
import { INSTALL_COMMAND, type TimerPorts } from './timer-ports.ts';

/**
 * Prints the next run, the last result, the units' paths and whether they are up to date.
 * @returns 0 if the timer is active and up to date, else 1. Throws an AppError for an environment that no timer
 * could carry.
 */
export async function systemdTimerStatus(ports: TimerPorts): Promise<number> {
  if ((await managerAbsent(ports)) !== undefined) return cronStatus(ports);
  const timer = await properties(ports, TIMER_UNIT, [
    'LoadState',
    'ActiveState',
    'FragmentPath',
    'NextElapseUSecRealtime',
    'LastTriggerUSec',
  ]);
  if (timer.get('LoadState') !== 'loaded') return cronStatus(ports);
  const service = await properties(ports, SERVICE_UNIT, ['FragmentPath', 'Result', 'ExecMainStatus']);
  const active = timer.get('ActiveState') === 'active';
  ports.print(`Next run: ${active ? timeOr(timer.get('NextElapseUSecRealtime'), 'not known') : 'none'}`);
  ports.print(`Last run: ${lastRun(timer, service)}`);
  const paths = [service.get('FragmentPath') ?? '', timer.get('FragmentPath') ?? ''];
  ports.print(`Units: ${paths.join(' ')}`);
  if (!active) ports.printError(`The timer is ${timer.get('ActiveState')}. Run: ${INSTALL_COMMAND}`);
  const changed = await changes(paths, ports);
  if (changed.length > 0) ports.printError(outdated('The timer', changed));
  else ports.print('The units are up to date.');
  return active && changed.length === 0 ? 0 : 1;
}

async function changes([servicePath = '', timerPath = '']: string[], ports: TimerPorts): Promise<string[]> {
  const { variables } = timerEnvironment(ports);
  const service = systemdService(timerCommand(ports.binary), variables);
  const read = async (path: string) => (path === '' ? '' : ((await ports.readText(path)) ?? ''));
  return [
    ...differences(await read(servicePath), service, nameOfUnitLine),
    ...differences(await read(timerPath), systemdTimer(), () => 'the schedule'),
  ];
}

function lastRun(timer: ReadonlyMap<string, string>, service: ReadonlyMap<string, string>): string {
  const at = timeOr(timer.get('LastTriggerUSec'), 'never');
  if (at === 'never') return at;
  const result = service.get('Result');
  if (result === 'success') return `${at}, success`;
  const why = result === 'exit-code' ? `exit status ${service.get('ExecMainStatus')}` : result;
  return `${at}, failed (${why}). See: journalctl --user -u ${SERVICE_UNIT}`;
}

function timeOr(text: string | undefined, otherwise: string): string {
  return text === undefined || text === '' || text === 'n/a' ? otherwise : text;
}

async function properties(
  { run }: TimerPorts,
  unit: string,
  names: readonly string[],
): Promise<Map<string, string>> {
  const result = await run('systemctl', ['--user', 'show', unit, `--property=${names.join(',')}`]);
  const text = result === 'missing' ? '' : result.stdout;
  return new Map(
    text.split('\n').flatMap((line) => {
      const [, name, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value] as const];
    }),
  );
}
