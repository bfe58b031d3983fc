import type { Printer } from '../commands/run-as-command.ts';
import { writeOut } from '../files/hot-files.ts';

/** Where commands print their lines. */
export const printer: Printer = {
  print: (line) => writeOut(1, `${line}\n`),
  printError: (line) => writeOut(2, `${line}\n`),
};
