import { AppError } from '../../hosts/reason.ts';
import { TIMER_NAME, type TimerJob } from './scheduler.ts';

export const SERVICE_UNIT = `${TIMER_NAME}.service`;
export const TIMER_UNIT = `${TIMER_NAME}.timer`;

/**
 * The service that renews once. Why it is not locked in further: docs/renewal-timer.md. `UMask`: exec plugins keep tokens
 * in caches of their own.
 * @throws AppError `helper-path-unfit`
 */
export function systemdService({ command, variables }: TimerJob): string {
  return unitText([
    '[Unit]',
    'Description=Renew OpenShift registry logins (docker-credential-openshift)',
    '',
    '[Service]',
    'Type=oneshot',
    ...variables.map(([name, value]) => environmentLine(name, value)),
    execStartLine(command),
    'TimeoutStartSec=5min',
    'UMask=0077',
    'Nice=10',
  ]);
}

/**
 * @returns the timer: hourly, each machine and user at a minute of their own, and once after a missed hour. A systemd before
 *   247 does not know that the minute is to stay the same, says so in its log, and draws another one each time.
 */
export function systemdTimer(): string {
  return unitText([
    '[Unit]',
    'Description=Renew OpenShift registry logins hourly (docker-credential-openshift)',
    '',
    '[Timer]',
    'OnCalendar=hourly',
    'RandomizedDelaySec=1h',
    'FixedRandomDelay=true',
    'Persistent=true',
    '',
    '[Install]',
    'WantedBy=timers.target',
  ]);
}

/**
 * @param dropIn a file beside the units (systemd.unit(5))
 * @returns what it sets that our units set otherwise; whatever else it sets is its owner's business
 */
export function namesOverriddenBy(dropIn: string, job: TimerJob): string[] {
  const own = [...settingsIn(systemdService(job)), ...settingsIn(systemdTimer())];
  const names = settingsIn(dropIn)
    .filter((line) => !own.includes(line))
    .map(nameOfUnitLine);
  return names.filter((name) => name !== 'the settings' && own.some((line) => nameOfUnitLine(line) === name));
}

function settingsIn(unit: string): string[] {
  return unit
    .split('\n')
    .map((line) => {
      const [name = '', ...value] = line.split('=');
      return value.length === 0 ? line.trim() : `${name.trim()}=${value.join('=').trim()}`;
    })
    .filter((line) => /^[A-Z]\w*=/.test(line));
}

/** @returns what a line of these units sets, for a person */
export function nameOfUnitLine(line: string): string {
  if (line.startsWith('ExecStart=')) return "the helper's path";
  // The settings of systemd.timer(5) that say when it fires.
  if (/^(?:On[A-Z]\w*|RandomizedDelaySec|AccuracySec|FixedRandomDelay|Persistent|Unit)=/.test(line))
    return 'the schedule';
  return /^Environment="?(\w+)=/.exec(line)?.[1] ?? 'the settings';
}

/**
 * `Environment=` for one variable. Source: systemd.syntax(7) "Quoting", systemd.exec(5): specifiers (`%`) are
 * expanded in it, `$` means nothing.
 * @param value without control characters
 */
export function environmentLine(name: string, value: string): string {
  return `Environment=${quote(`${name}=${value.replaceAll('%', '%%')}`)}`;
}

/**
 * `ExecStart=` for a command. Source: systemd.service(5) "Command lines": specifiers are expanded everywhere, `$` in
 * the arguments but not in the program's path.
 * @param command the program's absolute path and its arguments, without control characters
 * @throws AppError `helper-path-unfit` for a program that systemd can't start
 */
export function execStartLine([program = '', ...args]: readonly string[]): string {
  // systemd refuses such a path however it is quoted (load-fragment.c, string_is_safe).
  if (!program.startsWith('/') || /["'\\\p{Cc}]/u.test(program)) {
    throw new AppError({
      code: 'helper-path-unfit',
      message: `systemd can't start ${JSON.stringify(program)}: the path must be absolute, without quotes and backslashes`,
      fix: { run: 'sudo install docker-credential-openshift /usr/local/bin/' },
    });
  }
  const words = [program, ...args.map((word) => word.replaceAll('$', '$$$$'))];
  return `ExecStart=${words.map((word) => quote(word.replaceAll('%', '%%'))).join(' ')}`;
}

function quote(word: string): string {
  return /^[\w/.,:@+=%$-]+$/.test(word) ? word : `"${word.replaceAll(/["\\]/g, '\\$&')}"`;
}

function unitText(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}
