import type { Node } from 'jsonc-parser';
import { type Member, membersOf } from '../config-files/json-fields.ts';

/** `text` without this member of `object`. Every byte outside the member and its comma stays. */
export function withoutMember(text: string, object: Node, member: Member): string {
  const members = membersOf(object);
  const index = members.findIndex((other) => other.start === member.start);
  const next = members[index + 1];
  if (next !== undefined) return splice(text, member.start, next.start, '');
  const previous = members[index - 1];
  if (previous !== undefined) return splice(text, previous.end, member.end, '');
  return splice(text, object.offset + 1, object.offset + object.length - 1, '');
}

/** `text` with the value node replaced by `json`. */
export function withValue(text: string, value: Node, json: string): string {
  return splice(text, value.offset, value.offset + value.length, json);
}

/** A value to write: a string, or an object in the file's own style. */
export type NewValue = string | { readonly [name: string]: NewValue };

/** The same with a new value in the style of `object`, whose member the value is. */
export function withNewValue(text: string, object: Node, value: Node, json: NewValue): string {
  return withValue(text, value, styleOf(text, object).json(json));
}

/**
 * `text` with a last member added to `object`. Line breaks, indentation and spaces around the colon follow the file's
 * own.
 */
export function withNewMember(text: string, object: Node, name: string, value: NewValue): string {
  const style = styleOf(text, object);
  return inserted(text, object, name, style.json(value), style, undefined);
}

/**
 * `text` with a member put back into `object` that was taken out of it.
 * @param json its value, as it stood there
 * @param after the name of the member it stood behind; null: it was the first. Without that one it becomes the last.
 */
export function withMemberBack(
  text: string,
  object: Node,
  name: string,
  json: string,
  after: string | null,
): string {
  return inserted(text, object, name, json, styleOf(text, object), after);
}

function inserted(
  text: string,
  object: Node,
  name: string,
  json: string,
  style: Style,
  after: string | null | undefined,
): string {
  const member = `${JSON.stringify(name)}${style.colon}${json}`;
  const members = membersOf(object);
  const [first] = members;
  if (first !== undefined && after === null) {
    return splice(text, first.start, first.start, `${member},${style.between}`);
  }
  const before = members.findLast((other) => other.name === after) ?? members.at(-1);
  if (before !== undefined) return splice(text, before.end, before.end, `,${style.between}${member}`);
  const end = object.offset + object.length;
  return splice(text, object.offset, end, `{${style.between}${member}${style.close}}`);
}

type Style = {
  colon: string;
  /** What stands before a member of the object. */
  between: string;
  /** What stands before the closing brace of the object, if it was empty. */
  close: string;
  /** A value of a member. */
  json: (value: NewValue) => string;
};

function styleOf(text: string, object: Node): Style {
  const members = membersOf(object);
  const last = members.at(-1);
  const gap = last === undefined ? undefined : text.slice(gapStart(text, last.start), last.start);
  const colon = colonOf(text);
  const onOneLine = (value: NewValue): string => render(value, colon, '', '', '');
  if (!/[\r\n]/.test(text.trim()) && !/^\s*\{\s*\}\s*$/.test(text)) {
    // All on one line: `{"a":1,"b":2}`, `{"a": 1, "b": 2}` or `{ "a": 1 }`.
    const second = members.length > 1 || colon === ':' ? (gap ?? '') : ' ';
    const between = last === undefined ? '' : second;
    return { colon, between, close: '', json: onOneLine };
  }
  const eol = /\r\n|\n|\r/.exec(text)?.[0] ?? '\n';
  const unit = unitOf(text);
  const own = indentOfLine(text, object.offset);
  const indent =
    gap !== undefined && /[\r\n]/.test(gap) ? (/(?<![ \t])[ \t]*$/.exec(gap)?.[0] ?? '') : own + unit;
  if (gap !== undefined && !/[\r\n]/.test(gap)) {
    // This object alone is on one line.
    const between = members.length > 1 ? gap : gap || ' ';
    return { colon, between, close: '', json: onOneLine };
  }
  return {
    colon,
    between: eol + indent,
    close: eol + own,
    json: (value) => render(value, colon, eol, indent, unit),
  };
}

function render(value: NewValue, colon: string, eol: string, indent: string, unit: string): string {
  if (typeof value === 'string') return JSON.stringify(value);
  const inner = eol + indent + unit;
  const members = Object.entries(value).map(
    ([name, of]) => `${inner}${JSON.stringify(name)}${colon}${render(of, colon, eol, indent + unit, unit)}`,
  );
  return members.length === 0 ? '{}' : `{${members.join(',')}${eol}${indent}}`;
}

/** Where the white space before `offset` starts. */
function gapStart(text: string, offset: number): number {
  let start = offset;
  while (start > 0 && /\s/.test(text[start - 1] ?? '')) start--;
  return start;
}

/** How the file's first member is parted: `: `, `:` or ` : `. */
function colonOf(text: string): string {
  return /^\s*\{\s*"(?:[^"\\]|\\.)*"([ \t]*:[ \t]*)/.exec(text)?.[1] ?? ': ';
}

/** One step of indentation: that of the first member in the file, or a tab, as docker writes it. */
function unitOf(text: string): string {
  return /^\s*\{\s*[\r\n]([ \t]+)"/.exec(text)?.[1] ?? '\t';
}

function indentOfLine(text: string, offset: number): string {
  const lineStart = Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1)) + 1;
  return /^[ \t]*/.exec(text.slice(lineStart, offset))?.[0] ?? '';
}

function splice(text: string, from: number, to: number, insert: string): string {
  return text.slice(0, from) + insert + text.slice(to);
}
