import { environmentLine, execStartLine } from './systemd-quoting.ts';
import { TIMER_NAME } from './timer-ports.ts';

export const SERVICE_UNIT = `${TIMER_NAME}.service`;
export const TIMER_UNIT = `${TIMER_NAME}.timer`;

/**
 * The service that renews once.
 * @param command the words to start; the first is an absolute path
 * @param variables the environment, without control characters
 * Throws an AppError HELPER_PATH_UNFIT.
 *
 * Why it is not locked in further: docs/renewal-timer.md. `UMask`: exec plugins keep tokens in caches of their own.
 */
export function systemdService(
  command: readonly string[],
  variables: readonly (readonly [name: string, value: string])[],
): string {
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

/** The timer: hourly, each machine at another minute, and once after a missed hour. */
export function systemdTimer(): string {
  return unitText([
    '[Unit]',
    'Description=Renew OpenShift registry logins hourly (docker-credential-openshift)',
    '',
    '[Timer]',
    'OnCalendar=hourly',
    'RandomizedDelaySec=15min',
    'Persistent=true',
    '',
    '[Install]',
    'WantedBy=timers.target',
  ]);
}

/** What a line of these units sets, for a person. */
export function nameOfUnitLine(line: string): string {
  if (line.startsWith('ExecStart=')) return "the helper's path";
  return /^Environment="?(\w+)=/.exec(line)?.[1] ?? 'the settings';
}

function unitText(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}
