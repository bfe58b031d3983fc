import type { Random } from './random.ts';

/** What means something in most of the formats that are read. */
const WORDS: readonly string[] = [
  ...['\n', '\r\n', '\t', ' ', '  ', '\0', '\x1b[31m', '\ufeff', '\u2028', '\u202e', '\ud800', 'é', '😀'],
  ...[
    '{',
    '}',
    '[',
    ']',
    '{}',
    '[]',
    '""',
    "''",
    '"',
    "'",
    '`',
    ':',
    ': ',
    ',',
    ', ',
    '-',
    '- ',
    '#',
    '=',
    '\\',
  ],
  ...[
    '\\u0000',
    '\\"',
    '\\',
    '/',
    '//',
    '..',
    '?',
    '&',
    '*',
    '!',
    '|',
    '>',
    '%',
    '@',
    '~',
    '<<',
    '<<: *a',
    '&a ',
  ],
  ...[
    'null',
    'true',
    'false',
    '0',
    '-1',
    '1e999',
    '1e-7',
    'NaN',
    '9007199254740993',
    '0x10',
    '01',
    '1.',
    '.5',
  ],
  ...['__proto__', 'constructor', 'toString', 'length', '/*', '*/', '---', '...', '$HOME', '%s', '%00'],
];
const LONGEST = 20_000;

/** @returns one of the seeds, changed in a few places: by characters, words of the format, parts of itself and of others */
export function mutated(seeds: readonly string[], words: readonly string[], random: Random): string {
  let text = random.pick(seeds);
  // One in twenty stays as it is: what is done with it then has more ways to go.
  for (let left = random.oneIn(20) ? 0 : 1 + random.below(random.oneIn(4) ? 12 : 4); left > 0; left -= 1) {
    text = changed(text, seeds, words, random);
    if (text.length > LONGEST) text = text.slice(0, LONGEST);
  }
  return text;
}

function changed(text: string, seeds: readonly string[], words: readonly string[], random: Random): string {
  const at = random.below(text.length + 1);
  const [from, to] = partOf(text, random);
  const with_ = (part: string) => text.slice(0, at) + part + text.slice(at);
  switch (random.below(10)) {
    case 0:
      return text.slice(0, at) + String.fromCharCode(random.below(256)) + text.slice(at + 1);
    case 1:
      return with_(random.pick(WORDS));
    case 2:
      return with_(random.pick(words.length === 0 ? WORDS : words));
    case 3:
      return text.slice(0, from) + text.slice(to);
    case 4:
      return with_(text.slice(from, to));
    case 5: {
      const other = random.pick(seeds);
      const [start, end] = partOf(other, random);
      return text.slice(0, from) + other.slice(start, end) + text.slice(to);
    }
    case 6:
      return text.slice(0, at) + random.pick(seeds).slice(at);
    case 7:
      return text.slice(0, from) + text.slice(from, to).repeat(2 + random.below(30)) + text.slice(to);
    case 8:
      return withToken(text, words, random);
    default:
      return swappedLines(text, random);
  }
}

/** From where to where: a token, a line, or any few characters. */
function partOf(text: string, random: Random): readonly [number, number] {
  const at = random.below(text.length + 1);
  if (random.oneIn(2)) return [at, Math.min(text.length, at + 1 + random.below(16))];
  const isLine = random.oneIn(2);
  const edge = isLine ? '\n' : '"';
  const from = text.lastIndexOf(edge, at) + 1;
  const to = text.indexOf(edge, at);
  return [Math.min(from, at), to === -1 ? text.length : Math.max(to, at)];
}

/** With a number or a word in the place of another one. */
function withToken(text: string, words: readonly string[], random: Random): string {
  const tokens = [...text.matchAll(/[A-Za-z]+|\d+/g)];
  if (tokens.length === 0) return text;
  const { index, 0: token } = random.pick(tokens);
  const isNumber = /^\d/.test(token);
  const instead = isNumber
    ? random.pick(['0', '-1', '1', '255', '65536', '4294967296', '9007199254740993', '1e400', `${token}0`])
    : random.pick(words.length === 0 ? WORDS : words);
  return text.slice(0, index) + instead + text.slice(index + token.length);
}

function swappedLines(text: string, random: Random): string {
  const lines = text.split('\n');
  const [one, other] = [random.below(lines.length), random.below(lines.length)];
  [lines[one], lines[other]] = [lines[other] ?? '', lines[one] ?? ''];
  return lines.join('\n');
}

/**
 * A part of a text repeated, to see how the time grows with it.
 * @returns makes it so many characters long, about
 */
export function grown(
  seeds: readonly string[],
  words: readonly string[],
  random: Random,
): (length: number) => string {
  const text = random.pick(seeds);
  const at = random.below(text.length + 1);
  const ways = random.below(4);
  const some = (): string => random.pick(random.oneIn(2) && words.length > 0 ? words : WORDS);
  const [from, to] = partOf(text, random);
  const part = ways === 0 ? text.slice(from, to) || ' ' : ways === 1 ? some() : some() + some();
  // In one case of two the text ends there, as one does that was cut.
  const end = random.oneIn(2) ? '' : text.slice(at);
  return (length) => text.slice(0, at) + part.repeat(Math.ceil(length / part.length)) + end;
}
