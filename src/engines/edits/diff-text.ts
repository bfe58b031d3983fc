/** A line of one of the texts, by its index; of both, where they are equal there. */
interface Line {
  readonly sign: ' ' | '-' | '+';
  readonly old: number;
  readonly now: number;
}

const CONTEXT_LINES = 3;
/** Beyond this many comparisons the whole middle counts as changed. */
const MOST_COMPARED = 4_000_000;
const LONGEST_SHOWN = 160;
const SHOWN_BEFORE_CHANGE = 40;

/**
 * What changes from one text to the other, as `diff -u` shows it: `--- path`, `+++ path`, then the changed lines with
 * three lines around them. Lines are compared as they are and shown as `shown` makes them.
 * @param before null: there is no file
 * @param after null: there will be none
 * @param shown makes a text fit to be shown; it must keep the number of its lines
 * @returns lines without line breaks; none if nothing changes
 */
export function diffText(
  path: string,
  before: string | null,
  after: string | null,
  shown: (text: string) => string,
): readonly string[] {
  if (before === after) return [];
  const [old, now] = [linesOf(before ?? ''), linesOf(after ?? '')];
  const [oldShown, nowShown] = [linesOf(shown(before ?? '')), linesOf(shown(after ?? ''))];
  const lines = compare(old, now);
  const told = hunksOf(lines).flatMap((hunk) => [
    headOf(hunk),
    ...hunk.map(({ sign, old: index, now: nowIndex }) =>
      sign === '+' ? `+${nowShown[nowIndex] ?? ''}` : `${sign}${oldShown[index] ?? ''}`,
    ),
  ]);
  const names = [`--- ${before === null ? 'no file' : path}`, `+++ ${after === null ? 'no file' : path}`];
  return [...names, ...cutLongPairs(told)];
}

function linesOf(text: string): string[] {
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function compare(old: readonly string[], now: readonly string[]): Line[] {
  const most = Math.min(old.length, now.length);
  let start = 0;
  while (start < most && old[start] === now[start]) start++;
  let same = 0;
  while (same < most - start && old[old.length - 1 - same] === now[now.length - 1 - same]) same++;
  const head = Array.from({ length: start }, (_, i): Line => ({ sign: ' ', old: i, now: i }));
  const tail = Array.from({ length: same }, (_, i): Line => {
    return { sign: ' ', old: old.length - same + i, now: now.length - same + i };
  });
  return [...head, ...compareMiddle(old, now, start, old.length - same, now.length - same), ...tail];
}

/** Longest common subsequence of the lines between `start` and the two ends. */
function compareMiddle(
  old: readonly string[],
  now: readonly string[],
  start: number,
  oldEnd: number,
  nowEnd: number,
): Line[] {
  const [rows, columns] = [oldEnd - start, nowEnd - start];
  const isHuge = rows * columns > MOST_COMPARED;
  const width = columns + 1;
  const longest = new Uint32Array(isHuge ? 0 : (rows + 1) * width);
  const at = (i: number, j: number) => longest[i * width + j] ?? 0;
  for (let i = rows - 1; i >= 0 && !isHuge; i--) {
    for (let j = columns - 1; j >= 0; j--) {
      const isSame = old[start + i] === now[start + j];
      longest[i * width + j] = isSame ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: Line[] = [];
  for (let [i, j] = [0, 0]; i < rows || j < columns; ) {
    const place = { old: start + i, now: start + j };
    if (!isHuge && i < rows && j < columns && old[start + i] === now[start + j]) {
      lines.push({ sign: ' ', ...place });
      i++;
      j++;
    } else if (i < rows && (j === columns || isHuge || at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ sign: '-', ...place });
      i++;
    } else {
      lines.push({ sign: '+', ...place });
      j++;
    }
  }
  return lines;
}

/** Changed lines with those around them; changes that are near each other are one hunk. */
function hunksOf(lines: readonly Line[]): Line[][] {
  const hunks: Line[][] = [];
  let end = 0;
  for (const [index, { sign }] of lines.entries()) {
    if (sign === ' ') continue;
    const from = Math.max(end, index - CONTEXT_LINES);
    if (hunks.length === 0 || index - CONTEXT_LINES > end) hunks.push([]);
    const to = Math.min(lines.length, index + CONTEXT_LINES + 1);
    hunks.at(-1)?.push(...lines.slice(from, to));
    end = to;
  }
  return hunks;
}

function headOf(hunk: readonly Line[]): string {
  const range = (sign: '-' | '+', side: 'old' | 'now') => {
    const count = hunk.filter((line) => line.sign === ' ' || line.sign === sign).length;
    return `${sign}${(hunk[0]?.[side] ?? 0) + (count === 0 ? 0 : 1)},${count}`;
  };
  return `@@ ${range('-', 'old')} ${range('+', 'now')} @@`;
}

/** A file may be one long line: of it, what is around the change is shown. */
function cutLongPairs(lines: readonly string[]): string[] {
  return lines.map((line, index) => {
    if (line.length <= LONGEST_SHOWN) return line;
    const other = line.startsWith('-') ? lines[index + 1] : lines[index - 1];
    const isPair = other !== undefined && line[0] !== ' ' && other[0] !== line[0];
    const from = isPair ? Math.max(1, commonLength(line, other) - SHOWN_BEFORE_CHANGE) : 1;
    const part = line.slice(from, from + LONGEST_SHOWN);
    return `${line[0]}${from > 1 ? '…' : ''}${part}${from + LONGEST_SHOWN < line.length ? '…' : ''}`;
  });
}

function commonLength(one: string, other: string): number {
  let length = 1;
  while (length < one.length && one[length] === other[length]) length++;
  return length;
}
