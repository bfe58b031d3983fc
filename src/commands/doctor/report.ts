import { inJson, inWords, oneLine, type Reason, withCode, withoutSecrets } from '../../hosts/reason.ts';
import { type Paint, painted, type Terminal } from '../../process/terminal.ts';
import { docsOf, VERSION } from '../../process/version.ts';
import { type Subject, subjectInWords } from './arguments.ts';
import { type CheckedFinding, isWell, type Status } from './check.ts';
import { type Lookup, winnerInWords } from './lookup.ts';

/** What `doctor` found out. */
export interface Report {
  readonly subject: Subject;
  readonly findings: readonly CheckedFinding[];
  readonly lookups: readonly Lookup[];
  /** What `--fix` did, in sentences. */
  readonly fixed: readonly string[];
}

/** The layout of `--json`. It counts up when a key changes its meaning or goes; new keys may come without that. */
const FORMAT = 2;

/** @returns the report as a value for JSON; its shape is described in docs/doctor.md */
export function reportForJson({ subject, findings, lookups, fixed }: Report): object {
  return {
    format: FORMAT,
    version: VERSION,
    subject: subjectInWords(subject),
    well: isWell(findings),
    findings: findings.map((finding) => {
      const { code, why, fix } = inJson(finding);
      const { check, status, host, effect, repair } = finding;
      return {
        check,
        status,
        code,
        host: host ?? null,
        why,
        effect: effect === undefined ? null : oneLine(withoutSecrets(effect)),
        fix: fix ?? null,
        docs: docsOf(code),
        fixable: repair !== undefined,
      };
    }),
    lookups: lookups.map((lookup) => ({ ...lookup, says: winnerInWords(lookup.engine, lookup.winner) })),
    fixed,
  };
}

type Screen = Pick<Terminal, 'columns' | 'hasColours'>;

/** The lines of a report for a person. */
export interface ReportLines {
  /** How many findings there are of each kind that counts. */
  readonly verdict: string;
  /** What is not well, the worst first, and then what is worth knowing, each with what comes of it and what fixes it. */
  readonly findings: readonly string[];
  /** What is well, and what there was no need to look at. */
  readonly rest: readonly string[];
  /** What each engine sends in the end. */
  readonly winners: readonly string[];
  /** The same, step by step. */
  readonly steps: readonly string[];
}

/**
 * The printer for the terminal.
 * @param fixing the command that fixes what can be
 */
export function reportInLines({ findings, lookups }: Report, fixing: string, screen: Screen): ReportLines {
  const told = (...order: readonly Status[]) =>
    order
      .flatMap((status) => findings.filter((finding) => finding.status === status))
      .map((finding) => findingInLines(finding, screen));
  const installed = lookups.filter(({ isInstalled }) => isInstalled);
  // Of an engine that is not here nobody wants to hear, but where no other is.
  const there = installed.length > 0 ? installed : lookups;
  return {
    verdict: verdict(findings, fixing),
    findings: told('problem', 'warning', 'note').flatMap((lines) => ['', ...lines]),
    rest: told('skipped', 'ok').flat(),
    winners: there.flatMap(({ engine, winner, at }) =>
      wrapped(`${at === undefined ? '' : `${at}: `}${winnerInWords(engine, winner)}.`, widthOf(screen, 0)),
    ),
    steps: lookups.flatMap((lookup) => lookupInLines(lookup, screen)),
  };
}

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

function findingInLines({ status, code, why, effect, fix }: CheckedFinding, screen: Screen): string[] {
  const [word, paint] = MARKS[status];
  const width = widthOf(screen, INDENT);
  const isShort = status === 'ok' || status === 'skipped';
  const lines = [
    ...wrapped(`${isShort ? why : withCode(why, code)}.`, width),
    ...(effect === undefined || isShort ? [] : wrapped(`${effect}.`, width)),
    ...(fix === undefined ? [] : fixInLines(fix, width, screen)),
  ];
  const mark = painted(word, paint, screen) + ' '.repeat(INDENT - word.length);
  return lines.map((line, index) => (index === 0 ? mark : ' '.repeat(INDENT)) + line);
}

/** A command is not broken into lines: it is there to be pasted. */
function fixInLines(fix: NonNullable<Reason['fix']>, width: number, screen: Screen): string[] {
  if ('do' in fix) return wrapped(inWords(fix), width);
  return [inWords({ run: painted(oneLine(withoutSecrets(fix.run)), 'bold', screen) })];
}

function verdict(findings: readonly CheckedFinding[], fixing: string): string {
  const count = (status: Status) => findings.filter((finding) => finding.status === status).length;
  const [problems, warnings] = [count('problem'), count('warning')];
  const fixable = findings.filter(({ repair }) => repair !== undefined).length;
  // A note may say that nothing is set up yet.
  if (problems + warnings === 0) return count('note') === 0 ? 'All is well.' : 'Nothing is wrong.';
  const kinds = [
    ...(problems === 0 ? [] : [`${problems} ${problems === 1 ? 'problem' : 'problems'}`]),
    ...(warnings === 0 ? [] : [`${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`]),
  ].join(' and ');
  if (fixable === 0) return `${kinds}.`;
  const isAll = fixable === problems + warnings;
  return `${kinds}; ${isAll ? 'to fix it all' : `to fix ${fixable} of them`}, run: ${fixing}`;
}

function lookupInLines({ engine, program, at, steps, winner }: Lookup, screen: Screen): string[] {
  const width = widthOf(screen, 5);
  const indented = (text: string, first: string, paint?: Paint) =>
    wrapped(text, width).map((line, index) => {
      const shown = paint === undefined ? line : painted(line, paint, screen);
      return (index === 0 ? first : '     ') + shown;
    });
  const lines = steps.flatMap(({ where, lookedFor, found, outcome }, index) =>
    indented(`${where}: looks for ${lookedFor}; ${found}; ${outcome}.`, `  ${index + 1}. `),
  );
  const title = `What ${program} does${at === undefined ? '' : ` at ${at}`}`;
  const end = indented(`${winnerInWords(engine, winner)}.`, '  => ', 'bold');
  return ['', painted(title, 'bold', screen), ...lines, ...end];
}

function widthOf({ columns }: Screen, indent: number): number {
  return Math.max(40, (columns ?? PLAIN_WIDTH) - indent);
}

/** What a file holds drives no terminal, and what looks like a secret is not shown. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of oneLine(withoutSecrets(text)).split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
