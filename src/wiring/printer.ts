import { writeOut } from '../storage/hot-files.ts';

/** Where commands print their lines. */
export const printer = {
  print: (line: string): void => writeOut(1, `${line}\n`),
  printError: (line: string): void => writeOut(2, `${line}\n`),
};
