import type { KeptAnswer, SaidAnswer } from '../hosts/answer.ts';
import type { SourceStamp } from '../hosts/cached-answer.ts';
import { DECIDING_VARIABLES, digestOf } from '../hosts/cached-answer.ts';
import type { Moment } from '../hosts/clock.ts';

/** What may be repeated, and the conditions for it. */
export interface ReadyRecord {
  readonly host: string;
  readonly decidedAt: Moment;
  /** Names the start of the machine that `decidedAt.uptimeMs` counts from; empty where that can't be told. */
  readonly bootId: string;
  /** Ms since the epoch. */
  readonly untilMs: number;
  /** As `answerEnvironment` gives it. */
  readonly environment: string;
  readonly sources: readonly SourceStamp[];
  readonly answer: SaidAnswer | KeptAnswer;
}

/** What conditions are compared with. */
export interface ReadyWorld {
  readonly env: Record<string, string | undefined>;
  readonly uid: number | undefined;
  readonly key: string;
  readonly now: Moment;
  readonly bootId: string;
  workingDirectory(): string;
  stampOf(path: string): string | null;
}

const LONGEST_PATH = 4000;

/**
 * A record as docs/ready-record.md has it, for the native front and for `readReady`.
 * @returns undefined: what is in it can't be told in lines
 */
export function formatReady(record: ReadyRecord): string | undefined {
  const { decidedAt, untilMs, bootId, answer } = record;
  const { wallMs, uptimeMs } = decidedAt;
  const since =
    uptimeMs === null || bootId === '' ? '-' : `${bootId} ${uptimeMs} ${uptimeMs + untilMs - wallMs}`;
  if (!(untilMs > wallMs) || record.environment.endsWith(' ')) return undefined;
  if (record.sources.some(([path]) => path.length > LONGEST_PATH)) return undefined;
  const lines = [
    'ready 1',
    `host ${record.host}`,
    `variables ${DECIDING_VARIABLES.join(' ')}`,
    `environment ${record.environment}`,
    `wall ${wallMs} ${untilMs}`,
    `boot ${since}`,
    ...record.sources.map(([path, stamp]) => `source ${stamp ?? '-'} ${path}`),
    ...(answer.kind === 'kept' ? [`kept ${JSON.stringify(answer)}`] : linesOf(answer)),
    'end',
  ];
  return lines.some((line) => /[\n\0]/.test(line)) ? undefined : `${lines.join('\n')}\n`;
}

function linesOf({ status, out, err }: SaidAnswer): string[] {
  return [`answer ${status}`, `out ${out}`, ...(err === '' ? [] : [`err ${err}`])];
}

/**
 * Reads what may be repeated for a host, if all conditions for it hold. src/front/record.c does the same.
 * @returns null: ask anew
 */
export function readReady(text: string, host: string, world: ReadyWorld): SaidAnswer | KeptAnswer | null {
  if (text.includes('\0')) return null;
  const lines = text.split('\n');
  if (lines.pop() !== '' || lines.pop() !== 'end' || lines[0] !== 'ready 1') return null;
  const [, name, variables, environment, wall, boot] = lines;
  if (name !== `host ${host}`) return null;
  if (!timeHolds(after(wall, 'wall '), after(boot, 'boot '), world)) return null;
  if (!environmentHolds(after(variables, 'variables '), after(environment, 'environment '), world))
    return null;
  let at = 6;
  for (; lines[at]?.startsWith('source ') === true; at += 1) {
    if (!sourceHolds(lines[at] ?? '', world)) return null;
  }
  return readAnswer(lines.slice(at));
}

/** What follows a line's name; undefined: it is another line. */
function after(line: string | undefined, name: string): string | undefined {
  return line?.startsWith(name) === true ? line.slice(name.length) : undefined;
}

/** A whole number in its only spelling; NaN: it is none. */
function numberIn(text: string | undefined): number {
  const number = Number(text);
  return Number.isSafeInteger(number) && number >= 0 && String(number) === text ? number : Number.NaN;
}

/**
 * Until the machine is started anew the time since its start tells the age, whoever sets the wall clock back; one that
 * ran ahead is believed.
 */
function timeHolds(
  wall: string | undefined,
  boot: string | undefined,
  { now, bootId }: Pick<ReadyWorld, 'now' | 'bootId'>,
): boolean {
  const walls = wall?.split(' ') ?? [];
  const from = numberIn(walls[0]);
  const isBegun = now.wallMs >= from;
  if (walls.length !== 2 || Number.isNaN(from) || !(now.wallMs < numberIn(walls[1]))) return false;
  if (boot === '-') return isBegun;
  const [id = '', ...boots] = boot?.split(' ') ?? [];
  const bootFrom = numberIn(boots[0]);
  const bootUntil = numberIn(boots[1]);
  if (boots.length !== 2 || id === '' || Number.isNaN(bootFrom) || Number.isNaN(bootUntil)) return false;
  if (id !== bootId || now.uptimeMs === null) return isBegun;
  return now.uptimeMs >= bootFrom && now.uptimeMs < bootUntil;
}

/** `DIGEST UID`, and the working directory if it matters. */
function environmentHolds(
  variables: string | undefined,
  environment: string | undefined,
  world: ReadyWorld,
): boolean {
  const names = variables?.split(' ') ?? [''];
  const [digest = '', uid = '', ...rest] = environment?.split(' ') ?? [];
  if (uid !== String(world.uid ?? '-')) return false;
  for (const name of names) if (name === '' || name.includes('=')) return false;
  if (rest.length > 0) {
    const directory = rest.join(' ');
    if (directory === '' || directory !== world.workingDirectory()) return false;
  }
  return digest === digestOf(names, world.env, world.key);
}

/** `source STAMP PATH` */
function sourceHolds(line: string, { stampOf }: Pick<ReadyWorld, 'stampOf'>): boolean {
  const space = line.indexOf(' ', 7);
  const path = space === -1 ? '' : line.slice(space + 1);
  // A drive's letter, on Windows.
  if (!path.startsWith('/') && path.charAt(1) !== ':') return false;
  return (stampOf(path) ?? '-') === line.slice(7, space);
}

function readAnswer(lines: readonly string[]): SaidAnswer | KeptAnswer | null {
  const [first = '', second, third] = lines;
  if (first.startsWith('kept ')) return lines.length === 1 ? readKeptAnswer(first.slice(5)) : null;
  const out = after(second, 'out ');
  const err = after(third, 'err ');
  if (lines.length !== (err === undefined ? 2 : 3) || out === undefined || err === '') return null;
  if (first !== 'answer 0' && first !== 'answer 1') return null;
  return { kind: 'said', status: first === 'answer 0' ? 0 : 1, out, err: err ?? '' };
}

function readKeptAnswer(text: string): KeptAnswer | null {
  try {
    const answer = JSON.parse(text) as KeptAnswer | null;
    const isKept =
      answer?.kind === 'kept' && typeof answer.username === 'string' && typeof answer.id === 'string';
    return isKept ? answer : null;
  } catch {
    // Not written by `formatReady`.
    return null;
  }
}
