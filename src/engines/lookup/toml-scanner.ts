/** A text that is no TOML; `message` says what is wrong at the reader's place. */
export class NoToml extends Error {}

/** A text, and how far it is read. */
export interface Reader {
  readonly text: string;
  at: number;
}

const ESCAPES: Record<string, string> = {
  b: '\b',
  t: '\t',
  n: '\n',
  f: '\f',
  r: '\r',
  '"': '"',
  '\\': '\\',
};

/** Reads a text in quotes, of any of the four kinds. */
export function readString(reader: Reader): string {
  const quote = reader.text.charAt(reader.at);
  const isLong = reader.text.startsWith(quote.repeat(3), reader.at);
  const [end, isLiteral] = [isLong ? quote.repeat(3) : quote, quote === "'"];
  reader.at += end.length;
  let value = '';
  while (!take(reader, end)) {
    const character = reader.text.charAt(reader.at);
    if (character === '' || (character === '\n' && !isLong)) fail('the quotes are not closed');
    reader.at += 1;
    value += character === '\\' && !isLiteral ? readEscape(reader, isLong) : character;
  }
  // A line break right after the opening quotes does not count.
  return isLong ? value.replace(/^\r?\n/, '') : value;
}

function readEscape(reader: Reader, isLong: boolean): string {
  const [code] = /^(?:u[\da-fA-F]{4}|U[\da-fA-F]{8}|[btnfr"\\])/.exec(reader.text.slice(reader.at)) ?? [];
  if (code === undefined)
    return isLong && taken(reader, /[ \t]*\r?\n\s*/y) !== '' ? '' : fail('this is no escape');
  reader.at += code.length;
  if (code.length === 1) return ESCAPES[code] ?? '';
  const point = Number.parseInt(code.slice(1), 16);
  return point <= 0x10_ff_ff ? String.fromCodePoint(point) : fail('this is no character');
}

/** @returns what a sticky pattern matches here, which is passed; empty: nothing */
export function taken(reader: Reader, pattern: RegExp): string {
  pattern.lastIndex = reader.at;
  const [found = ''] = pattern.exec(reader.text) ?? [];
  reader.at += found.length;
  return found;
}

/** @returns whether the word stands here; then it is passed */
export function take(reader: Reader, word: string): boolean {
  if (!reader.text.startsWith(word, reader.at)) return false;
  reader.at += word.length;
  return true;
}

/** Passes a word. @throws NoToml if another stands here */
export function expect(reader: Reader, word: string): void {
  if (!take(reader, word)) fail(`there should be a "${word}"`);
}

/** @throws NoToml */
export function fail(what: string): never {
  throw new NoToml(what);
}
