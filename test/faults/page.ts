import { allowed, COLUMNS, isTried } from './columns.ts';
import type { Fault } from './fault.ts';

const TABLE = [
  '<!-- The table is made from test/faults/faults/ by scripts/test-faults -->',
  '<!-- End of the table -->',
] as const;
const TIMES = ['<!-- The times are taken by scripts/test-faults -->', '<!-- End of the times -->'] as const;
const NOT_TRIED = '·';
/** It does what it is there for, or says why not. */
const TOLD = 'told';
const SLOWEST = 5;

/** What came of one cell. */
export interface Ran {
  readonly name: string;
  readonly said: string;
  readonly elapsedMs: number;
}

/** A fault as the page names it. */
export function named({ name, needs }: Fault): string {
  return needs === undefined ? name : `${name} (takes ${needs})`;
}

/** @returns the page with the table of these faults in place of the one that it has */
export function withTable(page: string, faults: readonly Fault[]): string {
  const rows = faults.map((fault) => [
    named(fault),
    ...COLUMNS.map((column) => {
      if (!isTried(fault, column)) return NOT_TRIED;
      return fault.isUnread === true ? 'unread' : allowed(fault, column).join(' / ') || TOLD;
    }),
  ]);
  const count = rows.flat().filter((cell) => cell !== NOT_TRIED).length - rows.length;
  return replaced(page, TABLE, [
    `${count} cells of ${faults.length} faults:`,
    '',
    `| fault | ${COLUMNS.map(({ title }) => title).join(' | ')} |`,
    `|---${'|---'.repeat(COLUMNS.length)}|`,
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ]);
}

/** @returns the page with the slowest cells of a whole run */
export function withTimes(page: string, ran: readonly Ran[]): string {
  return replaced(page, TIMES, [
    `The slowest of the last whole run, in which all ${ran.length} were as they have to be:`,
    '',
    ...slowestOf(ran).map((line) => `- ${line}`),
  ]);
}

/** @returns the cells that took longest, and what they said */
export function slowestOf(ran: readonly Ran[]): string[] {
  return ran
    .toSorted((one, other) => other.elapsedMs - one.elapsedMs)
    .slice(0, SLOWEST)
    .map(({ name, said, elapsedMs }) => `${(elapsedMs / 1000).toFixed(1)} s: \`${name}\` (${said})`);
}

function replaced(page: string, [start, end]: readonly [string, string], lines: readonly string[]): string {
  return (
    page.slice(0, page.indexOf(start)) +
    [start, ...lines, end].join('\n') +
    page.slice(page.indexOf(end) + end.length)
  );
}
