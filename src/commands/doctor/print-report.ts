import { oneLine } from '../../hosts/reason.ts';
import { type Paint, painted, type Terminal } from '../terminal.ts';
import type { CheckedFinding, Status } from './finding.ts';
import type { Lookup } from './lookup.ts';

const MARKS: Record<Status, readonly [word: string, paint: Paint]> = {
  ok: ['ok', 'green'],
  note: ['note', 'dim'],
  warning: ['warning', 'amber'],
  problem: ['problem', 'red'],
  skipped: ['skipped', 'dim'],
};
/** The longest mark and two spaces. */
const INDENT = 9;
const PLAIN_WIDTH = 100;

/**
 * The findings for a person: what is well first and short, then what is not, each with what it saw, why it matters and
 * what mends it, and a summary.
 * @returns lines
 */
export function findingsInLines(
  findings: readonly CheckedFinding[],
  terminal: Pick<Terminal, 'columns' | 'hasColours'>,
): string[] {
  const order: readonly Status[] = ['ok', 'skipped', 'note', 'warning', 'problem'];
  const sorted = order.flatMap((status) => findings.filter((finding) => finding.status === status));
  return sorted.flatMap((finding) => oneFinding(finding, terminal));
}

function oneFinding(finding: CheckedFinding, terminal: Pick<Terminal, 'columns' | 'hasColours'>): string[] {
  const { status, saw, why, mend } = finding;
  const [word, paint] = MARKS[status];
  const width = Math.max(40, (terminal.columns ?? PLAIN_WIDTH) - INDENT);
  const first = wrapped(`${oneLine(saw)}.`, width);
  const isShort = status === 'ok' || status === 'skipped';
  const more = [
    ...(why === undefined || isShort ? [] : wrapped(`${oneLine(why)}.`, width)),
    ...(mend === undefined ? [] : mendLines(oneLine(mend), width, terminal)),
  ];
  const mark = painted(word, paint, terminal) + ' '.repeat(INDENT - word.length);
  const lines = [...first, ...more].map((line, index) => (index === 0 ? mark : ' '.repeat(INDENT)) + line);
  return isShort ? lines : ['', ...lines];
}

/** A command is not broken into lines: it is there to be pasted. */
function mendLines(mend: string, width: number, terminal: Pick<Terminal, 'hasColours'>): string[] {
  if (/^[A-Z]/.test(mend)) return wrapped(mend, width);
  return [`Run: ${painted(mend, 'bold', terminal)}`];
}

/**
 * @param mending the command that mends what can be
 * @returns how many findings there are of each kind that counts, as a sentence
 */
export function summary(findings: readonly CheckedFinding[], mending: string): string {
  const count = (status: Status) => findings.filter((finding) => finding.status === status).length;
  const [problems, warnings, fixable] = [
    count('problem'),
    count('warning'),
    findings.filter(({ fix }) => fix !== undefined).length,
  ];
  if (problems + warnings === 0) return 'All is well.';
  const kinds = [
    ...(problems === 0 ? [] : [`${problems} ${problems === 1 ? 'problem' : 'problems'}`]),
    ...(warnings === 0 ? [] : [`${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`]),
  ].join(' and ');
  if (fixable === 0) return `${kinds}.`;
  const isAll = fixable === problems + warnings;
  return `${kinds}; ${isAll ? 'to mend it all' : `to mend ${fixable} of them`}, run: ${mending}`;
}

/** @returns what an engine does for the image, step by step, as lines */
export function lookupInLines(lookup: Lookup, terminal: Pick<Terminal, 'columns' | 'hasColours'>): string[] {
  const width = Math.max(40, (terminal.columns ?? PLAIN_WIDTH) - 5);
  const steps = lookup.steps.flatMap(({ where, lookedFor, found, outcome }, index) => {
    const text = oneLine(`${where}: looks for ${lookedFor}; ${found}; ${outcome}.`);
    return wrapped(text, width).map((line, at) => (at === 0 ? `  ${index + 1}. ${line}` : `     ${line}`));
  });
  const end = wrapped(oneLine(`${lookup.says}.`), width).map(
    (line, at) => (at === 0 ? '  => ' : '     ') + painted(line, 'bold', terminal),
  );
  const at = lookup.at === undefined ? '' : ` at ${lookup.at}`;
  return ['', painted(`What ${lookup.program} does${at}`, 'bold', terminal), ...steps, ...end];
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
