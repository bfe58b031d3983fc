import { mkdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Place } from '../../files/directories.ts';
import { readRegularFile } from '../../files/read-regular-file.ts';
import { replaceFile } from '../../files/replace-file.ts';
import { selfCommand } from '../../process/front.ts';
import { runProgram } from '../../process/run-program.ts';
import type { Printer } from '../../process/terminal.ts';
import { workingDirectory } from '../../process/this-process.ts';
import type { TimerAction } from './run-timer.ts';
import type { TimerMachine } from './scheduler.ts';

/** How long systemctl, launchctl or schtasks may take. */
const COMMAND_MS = 15_000;

/** Unit files, crontabs of ours, plists: they have a few hundred bytes. */
const LARGEST_UNIT = 1024 * 1024;

/** `runTimer` for this machine. @returns the exit status */
export async function runTimerHere(action: TimerAction, here: Place, printer: Printer): Promise<number> {
  return (await import('./run-timer.ts')).runTimer(action, timerMachine(here), printer);
}

/** This machine, as timers use it. */
export function timerMachine({ platform, env, uid }: Place): TimerMachine {
  return {
    platform,
    env,
    uid,
    hostname: hostname(),
    cwd: workingDirectory(),
    binary: selfCommand(),
    readText: (path) => readRegularFile(path, LARGEST_UNIT),
    writeText: async (path, text) => {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await replaceFile(path, text, { mode: 0o600, uid: undefined, gid: undefined });
    },
    remove: (path) => rm(path, { force: true }),
    run: (command, args) => runProgram(command, args, COMMAND_MS),
    pause: async (ms) => {
      await pause(ms);
    },
  };
}
