import { closestName } from '../config/closest-name.ts';
import { COMMANDS, HELP } from './help.ts';
import { VERSION } from './version.ts';

export interface CommandLinePorts {
  print(line: string): void;
  printError(line: string): void;
  setup(args: string[]): Promise<number>;
  renew(args: string[]): Promise<number>;
  serviceAccount(args: string[]): Promise<number>;
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
      ports.printError(HELP);
      return 2;
    case 'help':
    case '--help':
    case '-h':
      ports.print(HELP);
      return 0;
    case 'version':
    case '--version':
    case '-v':
      ports.print(VERSION);
      return 0;
    case 'service-account':
      return ports.serviceAccount(rest);
    case 'setup':
    case 'renew':
      if (rest.includes('--help') || rest.includes('-h')) {
        ports.print(HELP);
        return 0;
      }
      return command === 'setup' ? ports.setup(rest) : ports.renew(rest);
    case 'get':
    case 'store':
    case 'erase':
    case 'list':
      ports.printError(
        `\`${command}\` takes no arguments: the registry host comes on stdin, as engines send it.`,
      );
      return 2;
    default: {
      const meant = closestName(command, COMMANDS);
      const help =
        meant === undefined ? 'See: docker-credential-openshift help' : `Did you mean \`${meant}\`?`;
      ports.printError(`There is no such command. ${help}`);
      return 2;
    }
  }
}
