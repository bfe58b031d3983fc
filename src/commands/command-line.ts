import { type CommandName, helpOf, isCommand, meantCommand } from './commands.ts';
import { help } from './help.ts';
import type { Printer } from './run-as-command.ts';
import { VERSION } from './version.ts';

export interface CommandLinePorts extends Printer {
  /** @returns the exit status */
  run(command: CommandName, args: string[]): Promise<number>;
}

/**
 * What a person typed.
 * @param args the words after the program's name
 * @returns the exit status: 2 for a wrong command line
 */
export async function runCommandLine(args: readonly string[], ports: CommandLinePorts): Promise<number> {
  const [command, ...rest] = args;
  switch (command) {
    case undefined:
      ports.printError(help());
      return 2;
    case 'help':
    case '--help':
    case '-h': {
      const [about] = rest;
      ports.print(about !== undefined && isCommand(about) ? helpOf(about) : help());
      return 0;
    }
    case 'version':
    case '--version':
    case '-v':
      ports.print(VERSION);
      return 0;
    case 'get':
    case 'store':
    case 'erase':
    case 'list':
      ports.printError(
        `\`${command}\` takes no arguments: the registry host comes on stdin, as engines send it.`,
      );
      return 2;
  }
  if (!isCommand(command)) {
    const meant = meantCommand(command);
    const advice =
      meant === undefined ? 'See: docker-credential-openshift help' : `Did you mean \`${meant}\`?`;
    ports.printError(`There is no such command. ${advice}`);
    return 2;
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    ports.print(helpOf(command));
    return 0;
  }
  return ports.run(command, rest);
}
