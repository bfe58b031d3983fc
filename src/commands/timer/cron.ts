import { createHash } from 'node:crypto';
import {
  type Installation,
  outdated,
  outputOf,
  type Removal,
  type Scheduler,
  type TimerJob,
  type TimerMachine,
} from './scheduler.ts';

/** By which our line is found again; a comment to the shell. */
export const CRON_MARK = '# docker-credential-openshift-renew';
/** The longest command that Debian's and Red Hat's cron take (MAX_COMMAND), less some. */
const LONGEST_LINE = 990;

/** cron, whose table is its owner's: a line is given for it, and nothing is written. */
export function cron(machine: TimerMachine): Scheduler {
  const ourLines = async (): Promise<string[]> => {
    const table = (await outputOf(machine, 'crontab', ['-l'])) ?? '';
    return table.split('\n').filter((line) => !line.trimStart().startsWith('#') && line.includes(CRON_MARK));
  };
  return {
    whyUnusable: async () => undefined,
    install: async (job): Promise<Installation> => {
      const line = crontabLine(spreadMinute(machine), job);
      return { kind: 'line', line, isLong: line.length > LONGEST_LINE };
    },
    remove: async (): Promise<Removal> => {
      const isThere = (await ourLines()).length > 0;
      return { paths: [], wasThere: false, ...(isThere ? { left: 'crontab' as const } : {}) };
    },
    status: async (job) => {
      const lines = await ourLines();
      const [line] = lines;
      if (line === undefined) return undefined;
      const minutes = lines.map((each) => each.trim().split(/\s/)[0]).join(' and ');
      const wanted = withoutPassing(crontabLine(0, job));
      const isOutdated = lines.some((each) => withoutPassing(each) !== wanted);
      const why = `Your crontab has ${lines.length} lines that end in "${CRON_MARK}": leave one`;
      const repeated = { code: 'timer-repeated', why, fix: { run: 'crontab -e' } };
      const problems = [...(lines.length > 1 ? [repeated] : []), ...outdated(isOutdated ? ['the line'] : [])];
      const next = `at minute ${minutes} of the hour, by your crontab`;
      return { next, last: undefined, files: [], problems };
    },
  };
}

/** @returns the minute of the hour, 0 to 59, at which this user on this machine renews: others have others */
export function spreadMinute({ hostname, uid, env }: Pick<TimerMachine, 'hostname' | 'uid' | 'env'>): number {
  const who = `${hostname}\n${uid ?? env.USERNAME ?? ''}`;
  return createHash('sha256').update(who).digest().readUInt32BE() % 60;
}

/**
 * A line for crontab(5) that renews once an hour. stderr is left to cron, which mails it.
 * @param minute 0 to 59
 */
export function crontabLine(minute: number, { command, variables }: TimerJob): string {
  const settings = variables.map(([name, value]) => `${name}=${word(value)}`);
  return [minute, '* * * *', ...settings, ...command.map(word), '>/dev/null', CRON_MARK].join(' ');
}

/**
 * A word for the shell that cron starts. cron takes a bare `%` for a newline and `\%` for `%` (crontab(5)); a shell
 * takes `\%` outside of quotes for `%`, too, so that it is right with crons that leave the backslash.
 */
function word(text: string): string {
  if (/^[\w/.,:@+=-]+$/.test(text)) return text;
  const quoted = text
    .split('%')
    .map((part) => (part === '' ? '' : `'${part.replaceAll("'", "'\\''")}'`))
    .join('\\%');
  return quoted === '' ? "''" : quoted;
}

/** Its owner may choose another minute, and shells differ in these. */
function withoutPassing(line: string): string {
  return line
    .trim()
    .replace(/^\S+/, '')
    .replaceAll(/ (?:HOME|PATH|XDG_RUNTIME_DIR)=(?:'[^']*'|\\.|[^'\\\s])*/g, '');
}
