import { durationInWords } from '../../hosts/clock.ts';
import type { RenewalWay } from '../../hosts/identity-kinds.ts';
import { oneLine } from '../../hosts/reason.ts';
import { type Paint, painted, type Terminal } from '../../process/terminal.ts';
import { wrap } from '../help.ts';
import { type HostStatus, problemIn } from './host-status.ts';

/** What a bar is drawn with: full and empty cells. */
export type BarStyle = 'unicode' | 'ascii';

/** How the table is drawn. */
export interface Look extends Pick<Terminal, 'columns' | 'hasColours'> {
  readonly bars: BarStyle;
}

const RENEWS: Record<RenewalWay, string> = {
  login: 'by login',
  itself: 'by itself',
  plugin: 'by its plugin',
  file: 'in its file',
  job: 'with the job',
  stored: 'when typed anew',
};

const HEAD = ['HOST', 'CLUSTER', 'USER', 'RENEWS', 'TIME LEFT', 'CHECKED'] as const;
const GAP = '  ';
const INDENT = '  ';

/** A text, and what it is painted with. */
interface Cell {
  readonly text: string;
  readonly paint?: Paint | undefined;
}

/**
 * Draws hosts as a table with a line each; on a terminal too narrow for that, as a few lines each. What is wrong with a
 * host follows it, and the command that fixes it has a line of its own, which is never broken. Nothing is ever cut.
 * @returns the lines
 */
export function statusTable(hosts: readonly HostStatus[], look: Look, nowMs: number): readonly string[] {
  const rows = hosts.map((host) => cellsOf(host, look, nowMs));
  const head: Cell[] = HEAD.map((text) => ({ text, paint: 'dim' }));
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((cells) => cells[column]?.text.length ?? 0)),
  );
  const total = widths.reduce((sum, width) => sum + width) + GAP.length * (widths.length - 1);
  const isTable = look.columns === undefined || total <= look.columns;
  const [hostWidth = 0, , , , timeWidth = 0] = widths;
  const timeStart = Math.min(hostWidth + GAP.length, (look.columns ?? total) - timeWidth);
  const lines = isTable ? [tableLine(head, widths, look)] : [];
  for (const [index, host] of hosts.entries()) {
    const cells = rows[index] ?? [];
    if (isTable) lines.push(tableLine(cells, widths, look));
    else lines.push(...(index === 0 ? [] : ['']), ...cardLines(host, cells, timeStart, look, nowMs));
    lines.push(...problemLines(host, look));
  }
  return lines;
}

function cellsOf(host: HostStatus, look: Look, nowMs: number): Cell[] {
  const { cluster, user, renews, checkedAtMs, renewedAtMs } = host;
  const renewed = renewedAtMs === undefined ? '' : ` (${ago(renewedAtMs, nowMs)})`;
  return [
    { text: oneLine(host.host), paint: 'bold' },
    { text: oneLine(cluster ?? '-') },
    { text: oneLine(user ?? '-') },
    { text: renews === undefined ? '-' : `${RENEWS[renews]}${renewed}` },
    { text: timeOf(host, look, nowMs), paint: host.urgency },
    { text: checkedAtMs === undefined ? '-' : ago(checkedAtMs, nowMs) },
  ];
}

/** A bar only for people: in a pipe it is noise. */
function timeOf(host: HostStatus, { columns, bars }: Look, nowMs: number): string {
  const words = timeInWords(host, nowMs);
  const fraction = columns === undefined ? undefined : fractionLeft(host, nowMs);
  return fraction === undefined ? words : `${bar(fraction, bars)} ${words}`;
}

function tableLine(cells: readonly Cell[], widths: readonly number[], look: Look): string {
  const last = cells.length - 1;
  return cells
    .map(({ text, paint }, column) => {
      const space = column === last ? '' : ' '.repeat((widths[column] ?? 0) - text.length);
      return (paint === undefined ? text : painted(text, paint, look)) + space;
    })
    .join(GAP);
}

/** @param timeStart the column in which the times of all hosts begin, where the host leaves room for it */
function cardLines(
  host: HostStatus,
  cells: readonly Cell[],
  timeStart: number,
  look: Look,
  nowMs: number,
): string[] {
  const [name = { text: '' }, , , , time = { text: '' }] = cells;
  const paint = ({ text, paint: colour }: Cell) =>
    colour === undefined ? text : painted(text, colour, look);
  const space = timeStart - name.text.length;
  const first =
    space >= GAP.length
      ? [paint(name) + ' '.repeat(space) + paint(time)]
      : [paint(name), INDENT + paint(time)];
  const { cluster, user, renews, checkedAtMs, renewedAtMs } = host;
  const details = [
    user === undefined ? cluster : `${user} at ${cluster}`,
    renews === undefined ? undefined : `renews ${RENEWS[renews]}`,
    renewedAtMs === undefined ? undefined : `last renewed ${ago(renewedAtMs, nowMs)}`,
    checkedAtMs === undefined ? undefined : `checked ${ago(checkedAtMs, nowMs)}`,
  ].filter((text) => text !== undefined);
  return details.length === 0 ? first : [...first, ...wrapped(details.join(', '), look)];
}

function problemLines({ reasons, command, urgency }: HostStatus, look: Look): string[] {
  const paint = (line: string) => (urgency === undefined ? line : painted(line, urgency, look));
  const said = reasons.length === 0 ? [] : wrapped(problemIn(reasons), look).map(paint);
  return command === undefined ? said : [...said, `${INDENT}Run: ${oneLine(command)}`];
}

/** @returns indented lines, broken between words; a word that is longer than the terminal is wide stays whole */
function wrapped(text: string, { columns = Number.POSITIVE_INFINITY }: Look): string[] {
  return wrap(oneLine(text).split(' '), columns - INDENT.length).map((line) => INDENT + line);
}

function ago(atMs: number, nowMs: number): string {
  const ms = Math.max(0, nowMs - atMs);
  return ms < 1000 ? 'just now' : `${durationInWords(ms)} ago`;
}

/** How wide a bar is, in columns. */
const BAR_COLUMNS = 10;

const CELLS: Record<BarStyle, readonly [full: string, empty: string]> = {
  unicode: ['█', '░'],
  ascii: ['#', '-'],
};

/**
 * @param fraction what is left of a life, from 0 to 1
 * @returns ten cells; what has not ended yet has at least one full
 */
export function bar(fraction: number, style: BarStyle): string {
  const [full, empty] = CELLS[style];
  const count = Math.min(BAR_COLUMNS, Math.max(fraction > 0 ? 1 : 0, Math.ceil(fraction * BAR_COLUMNS)));
  return full.repeat(count) + empty.repeat(BAR_COLUMNS - count);
}

/** @returns the part of its life that a token has left; undefined where that is not known */
function fractionLeft({ state, expiresAtMs, lifeMs }: HostStatus, nowMs: number): number | undefined {
  if (state !== 'good' && state !== 'ends-soon') return undefined;
  if (typeof expiresAtMs !== 'number' || lifeMs === undefined || lifeMs <= 0) return undefined;
  return Math.min(1, Math.max(0, (expiresAtMs - nowMs) / lifeMs));
}

/** @returns how long a host's token lasts, or why that can't be said, in a few words */
function timeInWords({ state, expiresAtMs }: HostStatus, nowMs: number): string {
  switch (state) {
    case 'anonymous':
      return 'anonymous';
    case 'signed-out':
      return 'signed out';
    case 'none':
      return 'no good token';
    case 'unknown':
      return 'not asked for yet';
    case 'ended': {
      const overMs = nowMs - (expiresAtMs ?? nowMs);
      return overMs < 0 ? 'ends just now' : `ended ${durationInWords(overMs)} ago`;
    }
  }
  if (typeof expiresAtMs !== 'number') return expiresAtMs === null ? 'no end' : 'good';
  return `${durationInWords(expiresAtMs - nowMs)} left`;
}
