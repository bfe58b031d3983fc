import { isatty } from 'node:tty';
import { writeOut } from '../files/hot-files.ts';
import { printable, withoutSecrets } from '../hosts/reason.ts';

/** Where commands print their lines. */
export interface Printer {
  print(line: string): void;
  printError(line: string): void;
}

/** The terminal that a command runs in, if there is one. */
export interface Terminal {
  /** Whether a person can be asked: stdin and stderr are a terminal. */
  readonly isInteractive: boolean;
  /** The width of stdout in columns; undefined where it is no terminal. */
  readonly columns: number | undefined;
  /** Whether stdout shows colours: a terminal, and neither `NO_COLOR` nor `TERM=dumb`. */
  readonly hasColours: boolean;
  /**
   * Asks a question that yes or no answers. Only to be called where `isInteractive`.
   * @returns true only for yes; an empty line, the end of input or Ctrl-C is no
   */
  confirm(question: string): Promise<boolean>;
  /** Shows a passing line on stderr in place of the last one; an empty one clears it. Nothing where stderr is no terminal. */
  progress(line: string): void;
}

/** Where a command speaks with a person. */
export interface Console extends Printer {
  readonly terminal: Terminal;
}

/** A colour of the terminal's own palette, or weight. */
export type Paint = 'green' | 'amber' | 'red' | 'bold' | 'dim';

const CODES: Record<Paint, number> = { green: 32, amber: 33, red: 31, bold: 1, dim: 2 };

/** @returns the text in a colour, where colours are shown. What in it is not seen is written out. */
export function painted(text: string, paint: Paint, { hasColours }: Pick<Terminal, 'hasColours'>): string {
  const shown = printable(text);
  return hasColours ? `${start(CODES[paint])}${shown}${END}` : shown;
}

const start = (code: number): string => `\u001b[${code}m`;
const END = start(0);
const COLOUR = new RegExp(`(\u001b\\[(?:0|${Object.values(CODES).join('|')})m)`);

/** @returns a line, with all but its own colours changed */
function changedBetweenColours(line: string, change: (text: string) => string): string {
  const parts = line.split(COLOUR);
  // The separators stand at the odd places.
  return parts.map((part, index) => (index % 2 === 1 ? part : change(part))).join('');
}

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
