import { posix } from 'node:path';
import { AppError } from '../../hosts/reason.ts';
import {
  differences,
  firstWords,
  INSTALL_COMMAND,
  type Installation,
  outdated,
  outputOf,
  type Scheduler,
  stopped,
  TIMER_NAME,
  type TimerJob,
  type TimerMachine,
  type TimerState,
} from './scheduler.ts';
import { homeOf, removeTimerFiles, replaceTimerFiles, xmlText } from './timer-environment.ts';

/** What `bootstrap` answers while launchd still lets go of the former agent: EIO, and EALREADY. It takes about 5 s. */
const STILL_LEAVING = [5, 37];
const PAUSE_MS = 500;
const ATTEMPTS = 30;

/** A launchd agent, of who is logged in at the screen. */
export function launchd(machine: TimerMachine): Scheduler {
  const { run } = machine;
  const domain = `gui/${machine.uid}`;
  const service = `${domain}/${TIMER_NAME}`;
  const path = () => posix.join(homeOf(machine.env), 'Library/LaunchAgents', `${TIMER_NAME}.plist`);
  const wanted = (job: TimerJob) =>
    launchdAgent(job, posix.join(homeOf(machine.env), 'Library/Logs', `${TIMER_NAME}.log`));
  /** What launchd says of the agent; undefined if it does not know it. */
  const loaded = () => outputOf(machine, 'launchctl', ['print', service]);
  return {
    whyUnusable: async () =>
      (await outputOf(machine, 'launchctl', ['print', domain])) === undefined
        ? 'launchd runs agents only for who is logged in at the screen'
        : undefined,
    install: async (job): Promise<Installation> => {
      const files = await replaceTimerFiles(
        new Map([[path(), wanted(job)]]),
        machine,
        async (isChanged) => {
          if (!isChanged && (await loaded()) !== undefined) return;
          // An agent that was switched off once can't be loaded before this.
          await run('launchctl', ['enable', service]);
          await run('launchctl', ['bootout', service]);
          await bootstrap(['bootstrap', domain, path()], machine);
        },
        async () => {
          // The former agent, if there was one: it was taken out of launchd to load the new one.
          if ((await machine.readText(path())) !== undefined)
            await run('launchctl', ['bootstrap', domain, path()]);
        },
      );
      return { kind: 'installed', name: TIMER_NAME, files };
    },
    remove: async () => {
      // Fails if it is not loaded, which is what is wanted.
      await run('launchctl', ['bootout', service]);
      const paths = await removeTimerFiles([path()], machine);
      return { paths, wasThere: paths.length > 0 };
    },
    status: async (job) => {
      const [installed, told] = [await machine.readText(path()), await loaded()];
      if (installed === undefined) return undefined;
      return {
        // launchd does not tell when it will start an agent of an interval.
        next: told === undefined ? undefined : 'within an hour of the last, and at login',
        last: lastRun(told),
        files: [path()],
        problems: [
          ...(told === undefined ? [stopped('not loaded')] : []),
          ...outdated(differences(installed, wanted(job), nameOfAgentLine)),
        ],
      };
    },
  };
}

async function bootstrap(args: readonly string[], { run, pause }: TimerMachine): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const result = await run('launchctl', args);
    if (result !== 'missing' && result.status === 0) return;
    const isBusy = result !== 'missing' && STILL_LEAVING.includes(result.status) && attempt < ATTEMPTS;
    if (!isBusy) {
      throw new AppError({
        code: 'timer-command-failed',
        message: `\`launchctl ${args.join(' ')}\` failed (${firstWords(result)})`,
        fix: { run: INSTALL_COMMAND },
      });
    }
    await pause(PAUSE_MS);
  }
}

function lastRun(printed: string | undefined): TimerState['last'] {
  const code = /^[ \t]*last exit code = (.+)$/m.exec(printed ?? '')?.[1];
  if (code === undefined || code === '(never exited)') return { result: 'not since login' };
  if (code === '0') return { result: 'success' };
  return { result: `failed (exit status ${code})`, log: `~/Library/Logs/${TIMER_NAME}.log` };
}

/**
 * The launchd agent. Source: launchd.plist(5). It runs at login and every hour from then on, so that machines spread
 * by themselves; what a sleep made it miss is run once on wake.
 * @param log where stderr goes; stdout says nothing that is needed later
 */
export function launchdAgent({ command, variables }: TimerJob, log: string | undefined): string {
  const string = (text: string) => `<string>${xmlText(text)}</string>`;
  const entry = (name: string, value: string) => `<key>${xmlText(name)}</key>${value}`;
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    '<plist version="1.0">',
    '<dict>',
    `  ${entry('Label', string(TIMER_NAME))}`,
    '  <key>ProgramArguments</key>',
    '  <array>',
    ...command.map((word) => `    ${string(word)}`),
    '  </array>',
    '  <key>EnvironmentVariables</key>',
    '  <dict>',
    ...variables.map(([name, value]) => `    ${entry(name, string(value))}`),
    '  </dict>',
    `  ${entry('StartInterval', '<integer>3600</integer>')}`,
    `  ${entry('RunAtLoad', '<true/>')}`,
    `  ${entry('ProcessType', string('Background'))}`,
    `  ${entry('Umask', '<integer>63</integer>')}`,
    ...(log === undefined ? [] : [`  ${entry('StandardErrorPath', string(log))}`]),
    '</dict>',
    '</plist>',
  ];
  return `${lines.join('\n')}\n`;
}

/** What a line of the agent sets, for a person. */
function nameOfAgentLine(line: string): string {
  if (line.startsWith('    <string>')) return "the helper's path";
  return /^ {4}<key>(\w+)</.exec(line)?.[1] ?? 'the settings';
}
