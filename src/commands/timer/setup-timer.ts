import { type Place, stateDirectory } from '../../files/directories.ts';
import { readPrivateFile } from '../../files/hot-files.ts';
import { writePrivateFile } from '../../files/private-directory.ts';
import { removeFile } from '../../files/remove-file.ts';
import type { Printer } from '../../process/terminal.ts';
import type { SetupTimer } from '../setup/setup-ports.ts';
import { runTimerHere, timerMachine } from './this-machine.ts';

/** The timer, and a note of ours on who installed it. */
export function setupTimer(here: Place, printer: Printer): SetupTimer {
  const state = stateDirectory(here);
  const note = state === null ? null : `${state}/timer-by-setup`;
  return {
    isInstalled: async () => {
      const { canHaveTimer, timerState } = await import('./run-timer.ts');
      const machine = timerMachine(here);
      return (await canHaveTimer(machine)) ? (await timerState(machine))?.problems.length === 0 : undefined;
    },
    install: async () => {
      const status = await runTimerHere('install', here, printer);
      if (status === 0 && note !== null) await writePrivateFile(note, '', here.uid, true);
      return status === 0;
    },
    isOwn: async () => note !== null && readPrivateFile(note, here.uid, 1) !== null,
    remove: async () => {
      await runTimerHere('remove', here, printer);
      if (note !== null) await removeFile(note);
    },
  };
}
