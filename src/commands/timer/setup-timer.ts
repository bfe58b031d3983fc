import type { TimerAction } from '../../commands/timer/run-timer.ts';
import { type Place, stateDirectory } from '../../files/directories.ts';
import { readPrivateFile } from '../../files/hot-files.ts';
import { writePrivateFile } from '../../files/private-directory.ts';
import { removeFile } from '../../files/remove-file.ts';
import type { Printer } from '../../process/terminal.ts';
import type { SetupTimer } from '../setup/setup-ports.ts';
import type { TimerMachine } from './scheduler.ts';

/** The timer, and a note of ours on who installed it. */
export function setupTimer(here: Place, machine: () => Promise<TimerMachine>, printer: Printer): SetupTimer {
  const state = stateDirectory(here);
  const note = state === null ? null : `${state}/timer-by-setup`;
  const timers = () => import('./run-timer.ts');
  const run = async (action: TimerAction) => (await timers()).runTimer(action, await machine(), printer);
  return {
    isInstalled: async () => {
      const { canHaveTimer, timerState } = await timers();
      if (!(await canHaveTimer(await machine()))) return undefined;
      return (await timerState(await machine()))?.problems.length === 0;
    },
    install: async () => {
      const status = await run('install');
      if (status === 0 && note !== null) await writePrivateFile(note, '', here.uid, true);
      return status === 0;
    },
    isOwn: async () => note !== null && readPrivateFile(note, here.uid, 1) !== null,
    remove: async () => {
      await run('remove');
      if (note !== null) await removeFile(note);
    },
  };
}
