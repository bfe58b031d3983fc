import { inOneLine } from '../hosts/reason.ts';
import type { Printer } from '../process/terminal.ts';
import { versionLines } from '../process/version.ts';
import { COMMANDS, type CommandName, isBuiltIn, isCommand, meantCommand } from './commands.ts';
import { help, helpOf } from './help.ts';

/**
 * What a person typed.
 * @param args the words after the program's name
 * @param platform such as `linux-x64`
 * @param run runs a command; its result is the exit status
 * @returns the exit status: 2 for a wrong command line
 */
export async function runCommandLine(
  args: readonly string[],
  { print, printError }: Printer,
  platform: string,
  run: (command: CommandName, args: string[]) => Promise<number>,
): Promise<number> {
  const [command, ...rest] = args;
  switch (command) {
    case undefined:
      printError(help());
      return 2;
    case 'help':
    case '--help':
    case '-h': {
      const [about = 'help'] = rest;
      if (isCommand(about)) print(helpOf(COMMANDS[about]));
      else if (isBuiltIn(about)) print(help());
      else return noSuchCommand(about, printError);
      return 0;
    }
    case 'version':
    case '--version':
    case '-V':
    case '-v':
      if (asksForHelp(rest)) {
        print(help());
        return 0;
      }
      if (rest.length > 0) {
        printError(`\`${command}\` takes no arguments.`);
        return 2;
      }
      for (const line of versionLines(platform)) print(line);
      await tellFront(printError);
      return 0;
    case 'get':
    case 'store':
    case 'erase':
    case 'list':
      printError(`\`${command}\` takes no arguments: the registry host comes on stdin, as engines send it.`);
      return 2;
  }
  if (!isCommand(command)) return noSuchCommand(command, printError);
  if (asksForHelp(rest)) {
    print(helpOf(COMMANDS[command]));
    return 0;
  }
  return run(command, rest);
}

/** What is wrong with what engines start, where this is what that starts. */
async function tellFront(printError: Printer['printError']): Promise<void> {
  const { frontFault } = await import('../process/front.ts');
  const fault = await frontFault();
  if (fault !== undefined) printError(inOneLine([fault]));
}

/** @param words that follow a command's name */
export function asksForHelp(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  const options = end === -1 ? words : words.slice(0, end);
  return options.includes('--help') || options.includes('-h');
}

function noSuchCommand(typed: string, printError: Printer['printError']): number {
  const meant = meantCommand(typed);
  const advice = meant === undefined ? 'See: docker-credential-openshift help' : `Did you mean \`${meant}\`?`;
  printError(`There is no such command. ${advice}`);
  return 2;
}
