import { passingPlace } from './timer-command.ts';
import type { TimerEnvironment } from './timer-environment.ts';
import type { TimerPorts } from './timer-ports.ts';

/** Says that the timer runs, and what its owner should know of it. `what`: the timer's name in its system. */
export function sayInstalled(
  what: string,
  environment: TimerEnvironment,
  ports: Pick<TimerPorts, 'platform' | 'binary' | 'print' | 'printError'>,
): void {
  ports.print(`Logins are renewed every hour from now on (${what}).`);
  sayWhatWasLeftOut(environment, ports);
  const passing = passingPlace(ports.binary);
  if (passing !== undefined)
    ports.printError(
      `Warning: ${passing} lies in a place that is emptied now and then; install the helper elsewhere.`,
    );
}

/** Says which variables the timer does not carry, since a login stands in them, and where they belong. */
export function sayWhatWasLeftOut(
  { leftOut }: TimerEnvironment,
  { platform, printError }: Pick<TimerPorts, 'platform' | 'printError'>,
): void {
  if (leftOut.length > 0)
    printError(
      `Left out, since it holds a login: ${leftOut.join(', ')}. If the timer needs it, put it into ${placeForLogins(platform)}.`,
    );
}

function placeForLogins(platform: NodeJS.Platform): string {
  if (platform === 'win32') return "your account's environment variables";
  if (platform === 'darwin') return 'a script that runs `launchctl setenv` at login';
  return '~/.config/environment.d/proxy.conf (mode 600), which user services read';
}
