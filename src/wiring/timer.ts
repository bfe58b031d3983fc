import { mkdir, readFile, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Printer } from '../commands/run-as-command.ts';
import { runTimer } from '../commands/timer/run-timer.ts';
import { managerAbsent } from '../commands/timer/systemd-timer.ts';
import type { TimerAction } from '../commands/timer/timer-ports.ts';
import type { Place } from '../files/directories.ts';
import { replaceFile } from '../files/replace-file.ts';
import { printer } from './printer.ts';
import { runProgram } from './run-program.ts';
import { selfCommand } from './spawn-renewal.ts';
import { workingDirectory } from './this-process.ts';

/** How long systemctl, launchctl or schtasks may take. */
const COMMAND_MS = 15_000;

/**
 * @param lines where it says what it does
 * @returns the exit status
 */
export function timer(
  action: TimerAction,
  { platform, env, uid }: Place,
  lines: Printer = printer,
): Promise<number> {
  return runTimer(action, {
    ...lines,
    platform,
    env,
    uid,
    hostname: hostname(),
    cwd: workingDirectory(),
    binary: selfCommand(),
    readText,
    writeText: async (path, text) => {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await replaceFile(path, text, { mode: 0o600, uid: undefined, gid: undefined });
    },
    remove: (path) => rm(path, { force: true }),
    run: (command, args) => runProgram(command, args, COMMAND_MS),
    pause: async (ms) => {
      await pause(ms);
    },
  });
}

/** @returns whether this machine has something that could run the timer */
export async function canHaveTimer({ platform }: Place): Promise<boolean> {
  if (platform === 'darwin' || platform === 'win32') return true;
  return (
    platform === 'linux' &&
    (await managerAbsent({ run: (command, args) => runProgram(command, args, COMMAND_MS) })) === undefined
  );
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    // No such file is an answer.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return undefined;
  }
}
