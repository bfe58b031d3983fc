import { isDeepStrictEqual } from 'node:util';
import {
  Document,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type Node,
  Scalar,
  type ToStringOptions,
  visit,
} from 'yaml';
import { applyToDocument, readWords, setText, unlessTooDeep, type YamlEdit } from './yaml-nodes.ts';

/** Words, lists and mappings of them; null where nothing is written. */
export type YamlWords = string | null | readonly YamlWords[] | { readonly [key: string]: YamlWords };
type Content = Record<string | number, unknown>;
type DocumentStyle = Pick<ToStringOptions, 'indent' | 'indentSeq' | 'flowCollectionPadding'>;

/** A text that was read to be edited. */
export interface EditableYaml {
  /** Every scalar as the text that it stands for, merged and with aliases in place; empty for a text of nothing, or of comments. */
  readonly words: { readonly [key: string]: YamlWords };
  /**
   * Sets, adds and removes things. Comments, the order of keys, quotes, blank lines, indentation, ends of lines and a byte
   * order mark stay, and JSON stays JSON. What an anchor shares with a thing that changes is written out for those who
   * shared it. The outcome is read again, and counts only if every other word is what it was, and with quotes or without.
   * @param edits in their order; where a mapping on the way to a thing is missing or empty, it is made
   * @returns the new text; undefined if there is no place for one of them, or something else would change
   */
  edit(edits: readonly YamlEdit[]): string | undefined;
}

/** @returns undefined: the text is broken, is not a mapping, or is nested too deeply */
export function openYaml(text: string): EditableYaml | undefined {
  return unlessTooDeep(() => open(text));
}

function open(text: string): EditableYaml | undefined {
  // Elsewhere than at the start it is a part of a word.
  const bare = text.replace(/^\ufeff/, '');
  const document = readWords(bare);
  const before = wordsIn(document);
  if (before === undefined) return undefined;
  const edit = (edits: readonly YamlEdit[]): string | undefined => {
    const same = inPlace(bare, document, edits, before);
    if (same !== undefined && (!isJson(bare) || isJson(same))) return same;
    // What no double holds, such as an id of twenty digits, would become another number.
    const written = isJson(bare) ? jsonWith(bare, edits) : yamlWith(bare, edits);
    return written === undefined ? undefined : asWanted(written, edits, before);
  };
  const mark = text.slice(0, text.length - bare.length);
  return {
    words: unmarked(before) as EditableYaml['words'],
    edit: (edits) => {
      const edited = unlessTooDeep(() => edit(edits));
      return edited === undefined ? undefined : mark + edited;
    },
  };
}

/** Every alias is a few words: more of them than this stand for more than anybody wrote. */
const MOST_ALIASES = 100;
/** Stands before a word without quotes: `no` is another thing than `"no"`, and to whom depends on the version of YAML. */
const PLAIN = '=';

/** What a document says, each part with its own copy of what aliases share. @returns undefined: it is broken, or no mapping */
function wordsIn(document: Document): Content | undefined {
  if (document.errors.length > 0) return undefined;
  const plain: Scalar<string>[] = [];
  visit(document, {
    Scalar: (key, scalar) => {
      if (key !== 'key' && scalar.type === 'PLAIN' && typeof scalar.value === 'string')
        plain.push(scalar as Scalar<string>);
    },
  });
  try {
    for (const scalar of plain) scalar.value = PLAIN + scalar.value;
    const words: unknown = JSON.parse(JSON.stringify(document.toJS({ maxAliasCount: MOST_ALIASES }) ?? {}));
    return typeof words === 'object' && !Array.isArray(words) ? (words as Content) : undefined;
  } catch {
    // Aliases that do not resolve, resolve to too much, or to what they stand in; a `<<` that merges no mapping.
    return undefined;
  } finally {
    for (const scalar of plain) scalar.value = scalar.value.slice(PLAIN.length);
  }
}

function unmarked(words: unknown): unknown {
  if (typeof words === 'string') return words.startsWith(PLAIN) ? words.slice(PLAIN.length) : words;
  if (Array.isArray(words)) return words.map(unmarked);
  if (typeof words !== 'object' || words === null) return words;
  return Object.fromEntries(Object.entries(words).map(([key, value]) => [key, unmarked(value)]));
}

/** @returns the text, if the edits are all that distinguishes it from what was there */
function asWanted(edited: string, edits: readonly YamlEdit[], before: Content): string | undefined {
  const wanted = structuredClone(before);
  const after = wordsIn(readWords(edited));
  if (after === undefined) return undefined;
  for (const { path, value } of edits) {
    // What is new may stand with quotes or without.
    const now = path.reduce<unknown>((at, step) => (at as Content | undefined)?.[step], after);
    const isRight =
      value === undefined ? now === undefined : isDeepStrictEqual(unmarked(now), asWords(value));
    if (!isRight || !setIn(wanted, { path, value: now })) return undefined;
  }
  return isDeepStrictEqual(after, wanted) ? edited : undefined;
}

function asWords(value: unknown): unknown {
  if (typeof value === 'boolean' || typeof value === 'number') return String(value);
  if (Array.isArray(value)) return value.map(asWords);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, asWords(each)]));
}

/** @returns whether there was a place for it */
function setIn(content: Content, { path, value }: YamlEdit): boolean {
  let holder = content;
  for (const [index, step] of path.slice(0, -1).entries()) {
    const next = holder[step];
    if (next === undefined || next === null) holder[step] = typeof path[index + 1] === 'number' ? [] : {};
    else if (typeof next !== 'object') return false;
    holder = holder[step] as Content;
  }
  const step = path.at(-1) ?? '';
  if (Array.isArray(holder) !== (typeof step === 'number')) return false;
  if (value === undefined) delete holder[step];
  else holder[step] = value;
  return true;
}

function isJson(text: string): boolean {
  if (!text.trimStart().startsWith('{')) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    // YAML's own way to write a mapping on one line.
    return false;
  }
}

function jsonWith(text: string, edits: readonly YamlEdit[]): string | undefined {
  const content = JSON.parse(text) as Content;
  if (!edits.every((edit) => setIn(content, edit))) return undefined;
  const indent = /^\{\r?\n([ \t]+)"/.exec(text.trimStart())?.[1];
  return withEnds(JSON.stringify(content, null, indent), text);
}

/** A word that takes the place of another one: all else stays byte for byte. */
function inPlace(
  text: string,
  document: Document,
  edits: readonly YamlEdit[],
  before: Content,
): string | undefined {
  const [edit, ...others] = edits;
  if (edit === undefined || others.length > 0 || typeof edit.value !== 'string') return undefined;
  const old = document.getIn(edit.path, true);
  if (!isScalar(old) || !old.range || !old.source || old.type?.startsWith('BLOCK')) return undefined;
  const scalar = new Scalar('');
  if (old.type !== undefined) scalar.type = old.type;
  setText(scalar, edit.value);
  const [start, end] = old.range;
  const word = new Document(scalar).toString({ lineWidth: 0 }).trimEnd();
  return asWanted(text.slice(0, start) + word + text.slice(end), edits, before);
}

/** @returns undefined: the library can't write again what it has read, such as an alias of what is left in a key */
function yamlWith(text: string, edits: readonly YamlEdit[]): string | undefined {
  const document = readWords(text);
  const style = styleOf(document, text);
  const isNew =
    document.contents === null || (isScalar(document.contents) && document.contents.value === null);
  for (const edit of edits) applyToDocument(edit, document);
  let written: string;
  try {
    written = document.toString({ ...style, lineWidth: 0 });
  } catch {
    // By errors of several kinds, without a class of their own.
    return undefined;
  }
  return isNew ? written : withEnds(written, text);
}

/** With the ends of lines that another text has, and its end: blank lines, and comments that stand alone. */
function withEnds(text: string, like: string): string {
  const [body, end] = splitEnd(text);
  const [, wanted] = splitEnd(like.replaceAll('\r\n', '\n'));
  const isSame = commentsIn(end) === commentsIn(wanted);
  const whole = isSame ? body + wanted : text;
  return like.includes('\r\n') ? whole.replaceAll('\n', '\r\n') : whole;
}

function splitEnd(text: string): [string, string] {
  const lines = text.split('\n');
  const last = lines.findLastIndex((line) => line.trim() !== '' && !line.startsWith('#'));
  const body = lines
    .slice(0, last + 1)
    .join('\n')
    .trimEnd();
  return [body, text.slice(body.length)];
}

function commentsIn(text: string): string {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .join('\n');
}

/** How a text indents its mappings and lists, by the first of each, and whether it has blanks inside of its braces. */
function styleOf(document: Document, text: string): DocumentStyle {
  const columnOf = (node: Node): number => {
    const start = node.range?.[0] ?? 0;
    return start - (text.lastIndexOf('\n', start - 1) + 1);
  };
  let ofMaps: number | undefined;
  let ofLists: number | undefined;
  let flowCollectionPadding: boolean | undefined;
  visit(document, {
    Collection: (_, node) => {
      if (node.flow === true && node.items.length > 0)
        flowCollectionPadding ??= /^\s/.test(text.slice((node.range?.[0] ?? 0) + 1));
      if (!isMap(node) || node.flow === true) return;
      for (const { value } of node.items) {
        if (!isCollection(value) || value.flow === true) continue;
        const deeper = columnOf(value) - columnOf(node);
        if (isSeq(value)) ofLists ??= deeper;
        else if (deeper > 0) ofMaps ??= deeper;
      }
    },
  });
  const indent = ofMaps ?? (ofLists || 2);
  return {
    indent,
    indentSeq: (ofLists ?? 0) >= indent,
    flowCollectionPadding: flowCollectionPadding ?? true,
  };
}
