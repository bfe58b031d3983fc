import { AppError, type Reason } from '../../hosts/reason.ts';
import type { CommandResult } from '../../process/run-program.ts';

/** What the timers use of the machine. */
export interface TimerMachine {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user id; undefined on Windows. */
  readonly uid: number | undefined;
  readonly hostname: string;
  /** Absolute: relative paths of the environment count from here. */
  readonly cwd: string;
  /** The words that start the helper, the first an absolute path: `[helper]`, or `[node, main.js]` under Node. */
  readonly binary: readonly string[];
  /** The file's text; undefined if there is no such file. @throws other errors of node:fs */
  readText(path: string): Promise<string | undefined>;
  /** Replaces the file as a whole, mode 0600, and makes missing directories. @throws errors of node:fs */
  writeText(path: string, text: string): Promise<void>;
  /** Removes the file; one that is not there is no error. @throws other errors of node:fs */
  remove(path: string): Promise<void>;
  /** Runs a program of the PATH to its end, without a shell, stdin empty, within a time limit. */
  run(command: string, args: readonly string[]): Promise<CommandResult | 'missing'>;
  /** Resolves after so many milliseconds. */
  pause(ms: number): Promise<void>;
}

/** The name of the units, the launchd agent and the scheduled task. */
export const TIMER_NAME = 'docker-credential-openshift-renew';

/** The command that fixes a timer which is not there or not right. */
export const INSTALL_COMMAND = 'docker-credential-openshift renew --install-timer';

/** What runs every hour: the words to start, and the environment, without control characters and secrets. */
export interface TimerJob {
  readonly command: readonly string[];
  readonly variables: readonly (readonly [name: string, value: string])[];
}

/** What became of an install. */
export type Installation =
  | {
      readonly kind: 'installed';
      /** What the system calls the timer. */
      readonly name: string;
      readonly files: readonly { readonly path: string; readonly isChanged: boolean }[];
      /** The user whose services end with their last session. */
      readonly restsWithout?: string | undefined;
    }
  /** Its owner has to put this line somewhere. */
  | { readonly kind: 'line'; readonly line: string; readonly isLong: boolean };

export interface Removal {
  readonly paths: readonly string[];
  /** Whether there was a timer. */
  readonly wasThere: boolean;
  /** What only its owner can take out. */
  readonly left?: 'crontab';
}

/** A timer that is there. Times are the system's own words. */
export interface TimerState {
  /** Undefined: it will not run. */
  readonly next: string | undefined;
  /** Undefined: the system keeps no account of it. */
  readonly last: { readonly result: string; readonly at?: string; readonly log?: string } | undefined;
  readonly files: readonly string[];
  /** `timer-stopped`, `timer-outdated`, `timer-overridden`, `timer-repeated`. */
  readonly problems: readonly Reason[];
}

/** What can run a program every hour for a user. */
export interface Scheduler {
  /** Why it can't run anything here, a clause such as `systemctl is not installed`; undefined: it can. */
  whyUnusable(): Promise<string | undefined>;
  /** Installs the timer, or what is left to do. @throws AppError; all is then as before */
  install(job: TimerJob): Promise<Installation>;
  /** @throws AppError */
  remove(): Promise<Removal>;
  /** @returns undefined: it has no timer of ours */
  status(job: TimerJob): Promise<TimerState | undefined>;
}

/** They differ from shell to shell, and a timer that has other ones still does its work. */
const PASSING = ['HOME', 'PATH', 'XDG_RUNTIME_DIR'];

/**
 * What differs between an installed file and the one that would be installed now.
 * @param nameOf what a line of the file sets: a variable's name, or words for a person
 * @returns names, each once, sorted; empty if the file is up to date
 */
export function differences(
  installed: string,
  wanted: string,
  nameOf: (line: string) => string,
): readonly string[] {
  const lines = (text: string) => text.split(/\r?\n/).filter((line) => line !== '');
  const [a, b] = [lines(installed), lines(wanted)];
  const changed = [...a.filter((line) => !b.includes(line)), ...b.filter((line) => !a.includes(line))];
  return [...new Set(changed.map(nameOf))].filter((name) => !PASSING.includes(name)).sort();
}

/** @returns the problem of a timer whose files differ, if they do */
export function outdated(changed: readonly string[]): Reason[] {
  if (changed.length === 0) return [];
  const why = `The timer is not what would be installed now (${changed.join(', ')})`;
  return [{ code: 'timer-outdated', why, fix: { run: INSTALL_COMMAND } }];
}

/** @returns the problem of a timer that does not run; `state`: as the system calls it */
export function stopped(state: string): Reason {
  return { code: 'timer-stopped', why: `The timer is ${state}`, fix: { run: INSTALL_COMMAND } };
}

/**
 * Runs a program that has to succeed.
 * @throws AppError `timer-command-failed`: the command, what it said first; `seeBy` is the command that shows more
 */
export async function mustRun(
  { run }: Pick<TimerMachine, 'run'>,
  command: string,
  args: readonly string[],
  seeBy: string,
): Promise<void> {
  const result = await run(command, args);
  if (result !== 'missing' && result.status === 0) return;
  throw new AppError({
    code: 'timer-command-failed',
    message: `\`${[command, ...args].join(' ')}\` failed (${firstWords(result)})`,
    fix: { run: seeBy },
  });
}

/** @returns what a program wrote, if it ended well */
export async function outputOf(
  { run }: Pick<TimerMachine, 'run'>,
  command: string,
  args: readonly string[],
): Promise<string | undefined> {
  const result = await run(command, args);
  return result === 'missing' || result.status !== 0 ? undefined : result.stdout;
}

/** @returns why a program failed, in its own first line */
export function firstWords(result: CommandResult | 'missing'): string {
  if (result === 'missing') return 'no such program';
  const [line = ''] = `${result.stderr.trim()}\n${result.stdout.trim()}`.trim().split(/\r?\n/);
  return line === '' ? `exit status ${result.status}` : line.replace(/\.$/, '');
}
