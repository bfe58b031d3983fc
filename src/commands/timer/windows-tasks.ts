import { win32 } from 'node:path';
import { AppError } from '../../hosts/reason.ts';
import { spreadMinute } from './cron.ts';
import {
  differences,
  type Installation,
  mustRun,
  outdated,
  outputOf,
  type Scheduler,
  TIMER_NAME,
  type TimerJob,
  type TimerMachine,
  type TimerState,
} from './scheduler.ts';
import { removeTimerFiles, replaceTimerFiles, xmlText } from './timer-environment.ts';

const SEE_TASK = `schtasks /Query /TN ${TIMER_NAME}`;
/** Results of the scheduler that are no exit status ([MS-TSCH] 2.3: SCHED_S_TASK_HAS_NOT_RUN, _RUNNING). */
const NOT_YET = '267011';
const RUNNING = '267009';
/** The longest line that cmd.exe takes. */
const LONGEST_LINE = 8000;

/** A scheduled task of Windows, and the batch file that it starts. */
export function windowsTasks(machine: TimerMachine): Scheduler {
  const file = (name: string) => win32.join(localData(machine), 'docker-credential-openshift', 'timer', name);
  const paths = () => ({ script: file('renew.cmd'), task: file('renew.xml'), log: file('renew.log') });
  const wanted = (job: TimerJob) => {
    const { script, task } = paths();
    return new Map([
      [script, windowsScript(job)],
      [task, windowsTask(script, spreadMinute(machine))],
    ]);
  };
  const query = () => outputOf(machine, 'schtasks', ['/Query', '/TN', TIMER_NAME, '/FO', 'CSV', '/V', '/NH']);
  return {
    whyUnusable: async () => undefined,
    install: async (job): Promise<Installation> => {
      const create = ['/Create', '/F', '/TN', TIMER_NAME, '/XML', paths().task];
      const activate = () => mustRun(machine, 'schtasks', create, SEE_TASK);
      const files = await replaceTimerFiles(wanted(job), machine, activate, async () => {});
      return { kind: 'installed', name: `scheduled task ${TIMER_NAME}`, files };
    },
    remove: async () => {
      const { script, task, log } = paths();
      const isThere = (await query()) !== undefined;
      if (isThere) await mustRun(machine, 'schtasks', ['/Delete', '/TN', TIMER_NAME, '/F'], SEE_TASK);
      const removed = await removeTimerFiles([script, task, log], machine);
      return { paths: removed, wasThere: isThere || removed.length > 0 };
    },
    status: async (job) => {
      const answer = await query();
      if (answer === undefined) return undefined;
      const { script, log } = paths();
      const changed: string[] = [];
      for (const [path, text] of wanted(job)) {
        const nameOf = path === script ? nameOfScriptLine : () => 'the schedule';
        changed.push(...differences((await machine.readText(path)) ?? '', text, nameOf));
      }
      // Their order is that of `schtasks /Query /V`; the headings are in the user's language.
      const [, , next = '', , , at = '', result = ''] = fieldsOf(answer);
      return {
        next,
        last: lastRun(at, result, log),
        files: [...wanted(job).keys()],
        problems: outdated(changed),
      };
    },
  };
}

/** The fields of the first line of a CSV. */
function fieldsOf(text: string): string[] {
  const [line = ''] = text.trim().split(/\r?\n/);
  return Array.from(line.matchAll(/"((?:[^"]|"")*)"/g), ([, field = '']) => field.replaceAll('""', '"'));
}

function lastRun(at: string, result: string, log: string): TimerState['last'] {
  if (result === NOT_YET) return { result: 'never' };
  if (result === RUNNING) return { at, result: 'running' };
  return result === '0' ? { at, result: 'success' } : { at, result: `failed (exit status ${result})`, log };
}

function localData({ env }: TimerMachine): string {
  const base = env.LOCALAPPDATA;
  if (base !== undefined && win32.isAbsolute(base)) return base;
  throw new AppError({
    code: 'home-unknown',
    message: 'LOCALAPPDATA is not set to an absolute path, so there is no place for a timer',
    fix: { run: 'set LOCALAPPDATA=%USERPROFILE%\\AppData\\Local' },
  });
}

/**
 * The batch file that the scheduled task starts. A task has no environment of its own, and on a command line
 * (`cmd /c set … && …`) the values would show in every process list and pass two rounds of unquoting; in a file of
 * the user's own they pass one: between quotes only `%` means something to cmd, and `%%` is a plain one.
 * What it says goes to a log beside it, of the last run only.
 * @throws AppError `environment-unfit` for a quote, which cmd can't quote, and for what no line of it holds
 */
export function windowsScript({ command, variables }: TimerJob): string {
  const lines = [
    '@echo off',
    // Without it a `!` or `^` may mean something, by the user's registry.
    'setlocal EnableExtensions DisableDelayedExpansion',
    // The file is UTF-8; cmd reads the lines from here on as such.
    'chcp 65001 >nul',
    ...variables.map(([name, value]) => `set "${name}=${plain(name, value)}"`),
    `${command.map((word) => `"${plain("the helper's path", word)}"`).join(' ')} >"%~dpn0.log" 2>&1`,
    'exit /b %errorlevel%',
  ];
  return `${lines.join('\r\n')}\r\n`;
}

/** What a line of the script sets, for a person. */
function nameOfScriptLine(line: string): string {
  if (line.startsWith('"')) return "the helper's path";
  return /^set "(\w+)=/.exec(line)?.[1] ?? 'the settings';
}

function plain(name: string, value: string): string {
  const text = value.replaceAll('%', '%%');
  if (!text.includes('"') && text.length < LONGEST_LINE) return text;
  throw new AppError({
    code: 'environment-unfit',
    message: `${name} holds a quote or is too long, which a batch file can't carry`,
    fix: { run: `set ${name}=` },
  });
}

/**
 * The scheduled task of Windows. Source: [MS-TSCH] 2.5 and exported tasks (their order of elements). Without a UserId
 * it belongs to whoever registers it. No encoding is declared and all is ASCII: schtasks hands the text on as UTF-16
 * and fails with "unable to switch the encoding" where a declaration says otherwise.
 * @param script absolute path of the batch file
 * @param minute of the hour, 0 to 59
 */
export function windowsTask(script: string, minute: number): string {
  const lines = [
    '<?xml version="1.0"?>',
    '<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">',
    '  <RegistrationInfo>',
    '    <Description>Renews OpenShift registry logins hourly (docker-credential-openshift)</Description>',
    '  </RegistrationInfo>',
    '  <Triggers>',
    '    <TimeTrigger>',
    '      <Repetition>',
    '        <Interval>PT1H</Interval>',
    '        <StopAtDurationEnd>false</StopAtDurationEnd>',
    '      </Repetition>',
    `      <StartBoundary>2026-01-01T00:${String(minute).padStart(2, '0')}:00</StartBoundary>`,
    '      <Enabled>true</Enabled>',
    '      <RandomDelay>PT15M</RandomDelay>',
    '    </TimeTrigger>',
    '  </Triggers>',
    '  <Principals>',
    '    <Principal id="Author">',
    '      <LogonType>InteractiveToken</LogonType>',
    '      <RunLevel>LeastPrivilege</RunLevel>',
    '    </Principal>',
    '  </Principals>',
    '  <Settings>',
    '    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>',
    '    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>',
    '    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>',
    '    <StartWhenAvailable>true</StartWhenAvailable>',
    '    <Hidden>true</Hidden>',
    '    <ExecutionTimeLimit>PT5M</ExecutionTimeLimit>',
    '  </Settings>',
    '  <Actions Context="Author">',
    '    <Exec>',
    '      <Command>%SystemRoot%\\System32\\cmd.exe</Command>',
    // /s: the outer quotes are taken off and the rest is as it stands; /d: no AutoRun of the registry.
    `      <Arguments>${xmlText(`/d /s /c ""${script}""`)}</Arguments>`,
    '    </Exec>',
    '  </Actions>',
    '</Task>',
  ];
  return `${lines.join('\r\n')}\r\n`;
}
