import { isatty } from 'node:tty';
import type { Printer } from '../commands/run-as-command.ts';
import { changedBetweenColours } from '../commands/terminal.ts';
import { writeOut } from '../files/hot-files.ts';
import { printable, withoutSecrets } from '../hosts/reason.ts';

/**
 * Where commands print their lines. Whatever a command took from a file, a cluster or its own words: no secret and nothing
 * that drives a terminal gets past this.
 */
export const printer: Printer = {
  print: (line) => writeOut(1, `${isatty(1) ? changedBetweenColours(line, fit) : fit(line)}\n`),
  printError: (line) => writeOut(2, `${fit(line)}\n`),
};

function fit(text: string): string {
  return printable(withoutSecrets(text));
}
