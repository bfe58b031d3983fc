import { AppError } from '../../hosts/reason.ts';

/** The longest line that cmd.exe takes. */
const LONGEST_LINE = 8000;

/**
 * The batch file that the scheduled task starts. A task has no environment of its own, and on a command line
 * (`cmd /c set … && …`) the values would show in every process list and pass two rounds of unquoting; in a file of
 * the user's own they pass one: between quotes only `%` means something to cmd, and `%%` is a plain one.
 * What it says goes to a log beside it, of the last run only.
 * @param command the words to start
 * @param variables the environment, without control characters
 * Throws an AppError ENVIRONMENT_UNFIT for a quote, which cmd can't quote, and for what no line of it holds.
 */
export function windowsScript(
  command: readonly string[],
  variables: readonly (readonly [name: string, value: string])[],
): string {
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
export function nameOfScriptLine(line: string): string {
  if (line.startsWith('"')) return "the helper's path";
  return /^set "(\w+)=/.exec(line)?.[1] ?? 'the settings';
}

function plain(name: string, value: string): string {
  const text = value.replaceAll('%', '%%');
  if (!text.includes('"') && text.length < LONGEST_LINE) return text;
  throw new AppError({
    code: 'ENVIRONMENT_UNFIT',
    message: `${name} holds a quote or is too long, which a batch file can't carry`,
    fix: { run: `set ${name}=` },
  });
}
