/** How wide the terminal is, in characters: a longer line goes on in the next one. */
export const COLUMNS = 96;

const CHARACTER_PX = 8.4;
const LINE_PX = 20;
const MARGIN_PX = 18;
const BAR_PX = 30;

const BACKGROUND = '#1e1e2e';
const FOREGROUND = '#cdd6f4';
const COLOURS: Readonly<Record<string, string>> = {
  '31': '#f38ba8',
  '32': '#a6e3a1',
  '33': '#f9e2af',
  '36': '#89dceb',
  '90': '#7f849c',
};

/** What sets colour and weight, what else drives a terminal and shows nothing, or one character. */
const PIECE = new RegExp(`${'\u001b'}\\[(?:([\\d;]*)m|[\\d;?]*[A-Za-z])|.`, 'gu');

interface Style {
  readonly colour?: string | undefined;
  readonly isBold?: boolean;
  readonly isDim?: boolean;
}

interface Character extends Style {
  readonly text: string;
}

/**
 * A terminal as a picture: what a program printed, with the colours and weights of its escape sequences.
 * @param title what stands in the bar of its window
 */
export function terminalSvg(title: string, printed: string): string {
  const lines = printed.replaceAll('\r', '').replace(/\n+$/, '').split('\n').flatMap(wrapped);
  const width = Math.ceil(COLUMNS * CHARACTER_PX + 2 * MARGIN_PX);
  const height = BAR_PX + lines.length * LINE_PX + MARGIN_PX;
  const rows = lines.map((line, row) => {
    const y = BAR_PX + (row + 1) * LINE_PX;
    return `<text xml:space="preserve" x="${MARGIN_PX}" y="${y}">${spans(line)}</text>`;
  });
  const dots = ['#f38ba8', '#f9e2af', '#a6e3a1'].map(
    (colour, index) => `<circle cx="${MARGIN_PX + index * 18}" cy="15" r="5.5" fill="${colour}"/>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">
<style>text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:${FOREGROUND}}</style>
<rect width="${width}" height="${height}" rx="9" fill="${BACKGROUND}"/>
${dots.join('')}
<text x="${width / 2}" y="20" text-anchor="middle" style="fill:#7f849c">${escaped(title)}</text>
${rows.join('\n')}
</svg>
`;
}

/** A line as the characters that are seen, in lines of the terminal's width. */
function wrapped(line: string): Character[][] {
  const characters: Character[] = [];
  let style: Style = {};
  for (const [part, codes] of line.matchAll(PIECE)) {
    if (codes === undefined && part.length > 1 && part.startsWith('\u001b')) continue;
    if (codes === undefined) characters.push({ ...style, text: part });
    else for (const code of codes.split(';')) style = changed(style, code);
  }
  const rows: Character[][] = [];
  for (let at = 0; at === 0 || at < characters.length; at += COLUMNS) {
    rows.push(characters.slice(at, at + COLUMNS));
  }
  return rows;
}

function changed(style: Style, code: string): Style {
  if (code === '' || code === '0') return {};
  if (code === '1') return { ...style, isBold: true };
  if (code === '2') return { ...style, isDim: true };
  if (code === '22') return { colour: style.colour };
  if (code === '39') return { ...style, colour: undefined };
  return { ...style, colour: COLOURS[code] ?? style.colour };
}

/** Neighbours of one style are one piece, each at its place: fonts differ in how wide they are. */
function spans(characters: readonly Character[]): string {
  let svg = '';
  let at = 0;
  while (at < characters.length) {
    const first = characters[at] as Character;
    let end = at + 1;
    while (end < characters.length && isAlike(first, characters[end] as Character)) end += 1;
    const text = characters.slice(at, end).map((character) => character.text);
    const x = (MARGIN_PX + at * CHARACTER_PX).toFixed(1);
    const length = ((end - at) * CHARACTER_PX).toFixed(1);
    svg += `<tspan x="${x}" textLength="${length}"${attributes(first)}>${escaped(text.join(''))}</tspan>`;
    at = end;
  }
  return svg;
}

function isAlike(one: Style, other: Style): boolean {
  return one.colour === other.colour && one.isBold === other.isBold && one.isDim === other.isDim;
}

function attributes({ colour, isBold, isDim }: Style): string {
  const rules = [
    ...(colour === undefined ? [] : [`fill:${colour}`]),
    ...(isBold === true ? ['font-weight:bold'] : []),
    ...(isDim === true ? ['opacity:.65'] : []),
  ];
  return rules.length === 0 ? '' : ` style="${rules.join(';')}"`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
