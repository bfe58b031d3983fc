import type { Printer } from '../cli/run-as-command.ts';
import { writeOut } from '../storage/hot-files.ts';

/** Where commands print their lines. */
export const printer: Printer = {
  print: (line) => writeOut(1, `${line}\n`),
  printError: (line) => writeOut(2, `${line}\n`),
};
