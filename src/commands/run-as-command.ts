import { AppError, describeError } from '../hosts/reason.ts';
import type { Printer } from '../process/terminal.ts';
import type { CommandDeclaration } from './declaration.ts';
import { usageOf } from './help.ts';

/**
 * Runs a command as every command runs: what is wrong with its words is said with its usage, and an error that a person
 * can fix in one line.
 * @param parsed what `parseWords` and the command's own look made of its words, or what is wrong with them
 * @param carryOut the command itself; its result is the exit status
 * @returns the exit status: 1 for an error (said on stderr), 2 for a wrong command line
 */
export async function runAsCommand<Parsed extends object>(
  declaration: CommandDeclaration,
  parsed: Parsed | string,
  { printError }: Pick<Printer, 'printError'>,
  carryOut: (parsed: Parsed) => Promise<number>,
): Promise<number> {
  if (typeof parsed === 'string') {
    printError(parsed);
    printError(usageOf(declaration));
    return 2;
  }
  try {
    return await carryOut(parsed);
  } catch (error) {
    // Everything a person can fix is an AppError; the rest is a defect and goes up.
    if (!(error instanceof AppError)) throw error;
    printError(describeError(error));
    return 1;
  }
}
