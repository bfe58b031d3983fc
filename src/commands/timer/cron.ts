import { CRON_MARK, crontabLine } from './crontab-line.ts';
import { sayWhatWasLeftOut } from './install-notes.ts';
import { spreadMinute } from './spread-minute.ts';
import { timerCommand } from './timer-command.ts';
import { timerEnvironment } from './timer-environment.ts';
import { INSTALL_COMMAND, type TimerPorts } from './timer-ports.ts';

/** The longest command that Debian's and Red Hat's cron take (MAX_COMMAND), less some. */
const LONGEST_LINE = 990;

/**
 * Says that nothing was installed, on stderr, and prints a line for cron, on stdout.
 * @param why a clause, such as `systemctl is not installed`
 * @returns 1. Throws an AppError of `timerEnvironment`.
 */
export async function adviseCron(ports: TimerPorts, why: string): Promise<number> {
  const environment = timerEnvironment(ports);
  ports.printError(
    `Nothing was installed: ${why}. Where cron runs, add this line (crontab -e); elsewhere let something else run it hourly:`,
  );
  const line = wantedLine(ports);
  ports.print(line);
  if (line.length > LONGEST_LINE)
    ports.printError(
      'It is longer than most crons take: put its command into a script, and that into crontab.',
    );
  sayWhatWasLeftOut(environment, ports);
  return 1;
}

/**
 * Ends a removal: says what was done, and whether cron has our line, which only its owner can take out.
 * @param removed whether there was another timer, which is gone now
 * @returns 0, or 1 if cron has the line
 */
export async function removeFromCron(ports: TimerPorts, removed: boolean): Promise<number> {
  const inCron = (await installedLine(ports)) !== undefined;
  if (removed) ports.print('The timer is removed.');
  else if (!inCron) ports.print('There is no timer of yours.');
  if (!inCron) return 0;
  ports.printError(
    `Your crontab renews logins. Take out the line that ends in "${CRON_MARK}". Run: crontab -e`,
  );
  return 1;
}

/** Says whether cron has our line as it should be now. Returns 0 if so, else 1. Throws as `adviseCron`. */
export async function cronStatus(ports: TimerPorts): Promise<number> {
  const line = await installedLine(ports);
  if (line === undefined) {
    ports.printError(`There is no timer. Run: ${INSTALL_COMMAND}`);
    return 1;
  }
  ports.print(`Next run: at minute ${line.trim().split(/\s/)[0]} of the hour, by your crontab`);
  if (withoutPassing(line) === withoutPassing(wantedLine(ports))) {
    ports.print('The line is up to date.');
    return 0;
  }
  ports.printError(`The line is not what would be printed now. Run: ${INSTALL_COMMAND}`);
  return 1;
}

function wantedLine(ports: TimerPorts): string {
  const { variables } = timerEnvironment(ports);
  return crontabLine(spreadMinute(ports), timerCommand(ports.binary), variables);
}

async function installedLine({ run }: TimerPorts): Promise<string | undefined> {
  const result = await run('crontab', ['-l']);
  if (result === 'missing' || result.status !== 0) return undefined;
  return result.stdout.split('\n').find((line) => !line.startsWith('#') && line.includes(CRON_MARK));
}

/** Its owner may choose another minute, and shells differ in these. */
function withoutPassing(line: string): string {
  return line
    .trim()
    .replace(/^\S+/, '')
    .replaceAll(/ (?:HOME|PATH|XDG_RUNTIME_DIR)=(?:'[^']*'|\\.|[^'\\\s])*/g, '');
}
