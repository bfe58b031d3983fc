import { win32 } from 'node:path';
import { AppError } from '../../hosts/reason.ts';
import { differences, outdated } from './compare-timer.ts';
import { sayInstalled } from './install-notes.ts';
import { spreadMinute } from './spread-minute.ts';
import { timerCommand } from './timer-command.ts';
import { timerEnvironment } from './timer-environment.ts';
import { mustRun, removeTimerFiles, replaceTimerFiles } from './timer-files.ts';
import { INSTALL_COMMAND, TIMER_NAME, type TimerPorts } from './timer-ports.ts';
import { nameOfScriptLine, windowsScript } from './windows-script.ts';
import { windowsTask } from './windows-task.ts';

const QUERY = ['/Query', '/TN', TIMER_NAME, '/FO', 'CSV', '/V', '/NH'];
const SEE_TASK = { run: `schtasks /Query /TN ${TIMER_NAME}` };
/** Results of the scheduler that are no exit status ([MS-TSCH] 2.3: SCHED_S_TASK_HAS_NOT_RUN, _RUNNING). */
const NOT_YET = '267011';
const RUNNING = '267009';

/** Writes the script and registers the task. Returns 0. Throws an AppError; the files are then as before. */
export async function installTask(ports: TimerPorts): Promise<number> {
  const environment = timerEnvironment(ports);
  const { task } = paths(ports);
  await replaceTimerFiles(
    wantedFiles(ports),
    ports,
    () => mustRun(ports, 'schtasks', ['/Create', '/F', '/TN', TIMER_NAME, '/XML', task], SEE_TASK),
    async () => {},
  );
  sayInstalled(`scheduled task ${TIMER_NAME}`, environment, ports);
  return 0;
}

/** Takes the task out of the scheduler and removes its files. Returns 0. Throws an AppError. */
export async function removeTask(ports: TimerPorts): Promise<number> {
  const { script, task, log } = paths(ports);
  const known = (await query(ports)) !== undefined;
  const deletion = ['/Delete', '/TN', TIMER_NAME, '/F'];
  if (known) await mustRun(ports, 'schtasks', deletion, SEE_TASK);
  const removed = await removeTimerFiles([script, task, log], ports);
  for (const path of removed) ports.print(`${path}: removed`);
  ports.print(known || removed.length > 0 ? 'The timer is removed.' : 'There is no timer of yours.');
  return 0;
}

/** Prints next run, last result, paths and whether they are up to date. Returns 0 if registered and so, else 1. */
export async function taskStatus(ports: TimerPorts): Promise<number> {
  const { script, task, log } = paths(ports);
  const answer = await query(ports);
  if (answer === undefined) {
    ports.printError(`There is no timer. Run: ${INSTALL_COMMAND}`);
    return 1;
  }
  // Their order is that of `schtasks /Query /V`; the headings are in the user's language.
  const [, , next = '', , , last = '', result = ''] = answer;
  ports.print(`Next run: ${next}`);
  ports.print(`Last run: ${lastRun(last, result, log)}`);
  ports.print(`Files: ${script} ${task}`);
  const changed: string[] = [];
  for (const [path, text] of wantedFiles(ports)) {
    const nameOf = path === script ? nameOfScriptLine : () => 'the schedule';
    changed.push(...differences((await ports.readText(path)) ?? '', text, nameOf));
  }
  if (changed.length > 0) ports.printError(outdated('The timer', changed));
  else ports.print('The files are up to date.');
  return changed.length === 0 ? 0 : 1;
}

async function query({ run }: TimerPorts): Promise<string[] | undefined> {
  const result = await run('schtasks', QUERY);
  if (result === 'missing' || result.status !== 0) return undefined;
  const [line = ''] = result.stdout.trim().split(/\r?\n/);
  return Array.from(line.matchAll(/"((?:[^"]|"")*)"/g), ([, field = '']) => field.replaceAll('""', '"'));
}

function lastRun(at: string, result: string, log: string): string {
  if (result === NOT_YET) return 'never';
  if (result === RUNNING) return `${at}, running`;
  return result === '0' ? `${at}, success` : `${at}, failed (exit status ${result}). See: ${log}`;
}

function wantedFiles(ports: TimerPorts): Map<string, string> {
  const { script, task } = paths(ports);
  return new Map([
    [script, windowsScript(timerCommand(ports.binary), timerEnvironment(ports).variables)],
    [task, windowsTask(script, spreadMinute(ports))],
  ]);
}

function paths({ env }: TimerPorts): { script: string; task: string; log: string } {
  const base = env.LOCALAPPDATA;
  if (base === undefined || !win32.isAbsolute(base)) {
    throw new AppError({
      code: 'HOME_UNKNOWN',
      message: 'LOCALAPPDATA is not set to an absolute path, so there is no place for a timer',
      fix: { run: 'set LOCALAPPDATA=%USERPROFILE%\\AppData\\Local' },
    });
  }
  const file = (name: string) => win32.join(base, 'docker-credential-openshift', 'timer', name);
  return { script: file('renew.cmd'), task: file('renew.xml'), log: file('renew.log') };
}
