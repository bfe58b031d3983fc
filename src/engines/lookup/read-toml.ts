import { expect, fail, NoToml, type Reader, readString, take, taken } from './toml-scanner.ts';

/** A value of TOML. What is neither text nor true or false (a number, a date) is kept by its kind alone. */
export type TomlValue = string | boolean | readonly TomlValue[] | TomlTable | { readonly kind: 'other' };
export type TomlTable = Map<string, TomlValue>;

/** Why a text is no TOML; `line` counts from 1. */
export interface TomlFault {
  readonly line: number;
  readonly what: string;
}

/**
 * Reads TOML 1.0 as far as registries.conf goes: all its forms are known, but a number or date is not looked into.
 * @returns the top table, or where and why the reading ends
 */
export function readToml(text: string): TomlTable | TomlFault {
  const reader = { text, at: 0 };
  try {
    return readTable(reader);
  } catch (error) {
    // What the text is not; a defect goes up.
    if (!(error instanceof NoToml)) throw error;
    const isAtEnd = text.slice(reader.at).trim() === '';
    const before = text.slice(0, reader.at);
    const line = (isAtEnd ? before.trimEnd() : before).split('\n').length;
    return { line, what: error.message };
  }
}

/** @returns whether the reading ended before the end */
export function isTomlFault(result: TomlTable | TomlFault): result is TomlFault {
  return !(result instanceof Map);
}

/** Spaces, and what goes with them where lines may end. */
const BLANKS = /[ \t]*/y;
const LINES = /(?:[ \t\r\n]|#[^\n]*)*/y;
const BARE_KEY = /[\w-]+/y;
const BARE_VALUE = /[+-]?[\w.:+-]+(?: \d\d:[\w.:+-]+)?/y;
function readTable(reader: Reader): TomlTable {
  const top: TomlTable = new Map();
  let current = top;
  for (taken(reader, LINES); reader.at < reader.text.length; taken(reader, LINES)) {
    if (take(reader, '[[')) {
      current = newTable(top, readKey(reader), true);
      expect(reader, ']]');
    } else if (take(reader, '[')) {
      current = newTable(top, readKey(reader), false);
      expect(reader, ']');
    } else readPair(reader, current);
    taken(reader, BLANKS);
    if (!/^(?:\r?\n|#|$)/.test(reader.text.slice(reader.at, reader.at + 2))) fail('the line should end here');
  }
  return top;
}

function readPair(reader: Reader, table: TomlTable): void {
  const path = readKey(reader);
  if (!take(reader, '=')) fail('there should be a "=" after the key');
  taken(reader, BLANKS);
  const name = path.at(-1) ?? '';
  const within = descend(table, path.slice(0, -1));
  if (within.has(name)) fail(`the key ${JSON.stringify(name)} is there twice`);
  within.set(name, readValue(reader));
}

/** `a.b."c d"`, and the spaces after it. */
function readKey(reader: Reader): string[] {
  const path: string[] = [];
  do {
    taken(reader, BLANKS);
    const isQuoted = /["']/.test(reader.text.charAt(reader.at));
    path.push(isQuoted ? readString(reader) : taken(reader, BARE_KEY) || fail('there should be a key'));
    taken(reader, BLANKS);
  } while (take(reader, '.'));
  return path;
}

function newTable(top: TomlTable, path: readonly string[], isOneOfMany: boolean): TomlTable {
  const within = descend(top, path.slice(0, -1));
  const name = path.at(-1) ?? '';
  const there = within.get(name);
  const made: TomlTable = new Map();
  if (isOneOfMany) {
    if (there !== undefined && !Array.isArray(there)) fail(`${JSON.stringify(name)} is no list of tables`);
    within.set(name, [...(Array.isArray(there) ? there : []), made]);
    return made;
  }
  if (there === undefined) within.set(name, made);
  else if (!(there instanceof Map)) fail(`the key ${JSON.stringify(name)} is there twice`);
  return there instanceof Map ? there : made;
}

/** Of a list of tables, its last one is meant. */
function descend(table: TomlTable, path: readonly string[]): TomlTable {
  let current = table;
  for (const name of path) {
    const there = current.get(name);
    const next = Array.isArray(there) ? there.at(-1) : there;
    if (next instanceof Map) current = next;
    else if (there === undefined) {
      const made: TomlTable = new Map();
      current.set(name, made);
      current = made;
    } else fail(`${JSON.stringify(name)} is no table`);
  }
  return current;
}

function readValue(reader: Reader): TomlValue {
  const first = reader.text.charAt(reader.at);
  if (first === '"' || first === "'") return readString(reader);
  if (take(reader, '[')) return readList(reader);
  if (take(reader, '{')) return readInlineTable(reader);
  const word = taken(reader, BARE_VALUE) || fail('there should be a value');
  if (word === 'true' || word === 'false') return word === 'true';
  return /^[+-]?(?:\d|inf$|nan$)/.test(word) ? { kind: 'other' } : fail('text stands in quotes');
}

function readList(reader: Reader): TomlValue[] {
  const list: TomlValue[] = [];
  for (;;) {
    taken(reader, LINES);
    if (take(reader, ']')) return list;
    list.push(readValue(reader));
    taken(reader, LINES);
    if (take(reader, ']')) return list;
    if (!take(reader, ',')) fail('there should be a "," or "]" in the list');
  }
}

function readInlineTable(reader: Reader): TomlTable {
  const table: TomlTable = new Map();
  taken(reader, BLANKS);
  if (take(reader, '}')) return table;
  for (;;) {
    readPair(reader, table);
    taken(reader, BLANKS);
    if (take(reader, '}')) return table;
    if (!take(reader, ',')) fail('there should be a "," or "}" in the table');
  }
}
