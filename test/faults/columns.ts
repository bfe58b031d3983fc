import { compiledHelper, type HelperProgram, mainHelper } from '../support/helper-program.ts';
import { COMMANDS, type Command } from './commands.ts';
import type { CommandName, Fault } from './fault.ts';

/** A command of one of the program's forms. */
export interface Column {
  readonly title: string;
  readonly command: Command;
  readonly program: Pick<HelperProgram, 'command'>;
  /** Whether the answer was kept a moment before. */
  readonly isKept: boolean;
}

const column = (command: Command, more: Partial<Column> = {}): Column => ({
  title: command.name,
  command,
  program: compiledHelper,
  isKept: false,
  ...more,
});

/**
 * With a pipe as its stderr, as engines have it: what these forms say to a socket, which is what Node calls a pipe, they
 * say only if a thread is started in time.
 */
const withPipe = ({ command }: Pick<HelperProgram, 'command'>): Pick<HelperProgram, 'command'> => ({
  command: ['bash', '-o', 'pipefail', '-c', '{ "$0" "$@" 2>&1 >&3 | cat >&2; } 3>&1', ...command],
});

const VERBS: readonly CommandName[] = ['get', 'store', 'list', 'erase'];

/** Those of the installed program, with its front; and `get` of the other forms, without one. */
export const COLUMNS: readonly Column[] = COMMANDS.flatMap((command) =>
  command.name === 'get'
    ? [
        column(command),
        column(command, { title: 'get, kept', isKept: true }),
        column(command, { title: 'get, no front', program: withPipe(mainHelper) }),
      ]
    : [column(command)],
);

/** Whether the program is tried there: by a plain `get` always, by the rest where the fault stands for its kind. */
export function isTried(fault: Fault, { program, isKept, command }: Column): boolean {
  if (fault.isForVerbs === true && !VERBS.includes(command.name)) return false;
  if (fault.isTypical === true) return program === compiledHelper || fault.needsFront !== true;
  return program === compiledHelper && command.name === 'get' && !isKept;
}

/** What a cell may come to; empty: the command does what it is there for, or names a code. */
export function allowed(
  fault: Fault,
  { command: { name }, isKept }: Pick<Column, 'command' | 'isKept'>,
): readonly string[] {
  const given = fault.others?.[name];
  if (given !== undefined) return given;
  if (name === 'get') return (isKept ? fault.kept : undefined) ?? fault.get;
  if (name === 'version') return ['done'];
  const mustAnswer = fault.get.length === 1 && fault.get[0] === 'token';
  return (name === 'token' || name === 'authfile') && mustAnswer ? ['token'] : [];
}
