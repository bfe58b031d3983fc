/** By which our line is found again; a comment to the shell. */
export const CRON_MARK = '# docker-credential-openshift-renew';

/**
 * A line for crontab(5) that renews once an hour.
 * @param minute 0 to 59
 * @param command the words to start
 * @param variables the environment, without control characters
 * stderr is left to cron, which mails it.
 */
export function crontabLine(
  minute: number,
  command: readonly string[],
  variables: readonly (readonly [name: string, value: string])[],
): string {
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
