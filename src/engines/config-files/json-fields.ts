import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import { shownName } from '../../hosts/quoting.ts';
import { AppError } from '../../hosts/reason.ts';
import { keyWithoutUser } from '../../registry/engine-names.ts';
import type { NamedHelper } from '../engine-state.ts';

/** What docker's and podman's files say of logins and helpers; whatever else is in them is another's. */
export type FieldName = 'auths' | 'credHelpers' | 'credsStore';

/**
 * The members of a file that engines read as one field. They match the names of fields without regard to case (Go's
 * encoding/json, which takes ſ for an s, too); the names of hosts below them, letter by letter. Of several, the last
 * counts, and objects are joined.
 */
export function fieldsCalled(root: Node, name: FieldName): Member[] {
  return membersOf(root).filter((member) => isField(member.name, name));
}

/** @returns whether engines read a member of this name as the field */
export function isField(member: string, name: FieldName): boolean {
  return member.toUpperCase() === name.toUpperCase();
}

/**
 * The helpers that a file names for hosts, in its order; where a host is named twice, the last one counts.
 * @throws AppError with `path`, line and column where Go's decoder gives up on the whole file
 */
export function namedHelpersIn(root: Node, text: string, path: string): NamedHelper[] {
  return fieldsCalled(root, 'credHelpers').flatMap((field) =>
    entriesOf(field, text, path).map(({ name, value }) => {
      // Go reads null as an empty text.
      if (value.type === 'null') return { key: keyWithoutUser(name), helper: '' };
      if (value.type === 'string') return { key: keyWithoutUser(name), helper: String(value.value) };
      throw jsonError(text, value.offset, path, `names no helper for ${shownName(keyWithoutUser(name))}`);
    }),
  );
}

/** @returns the helpers of a file that are named as they should be, whatever else is in it */
export function helpersLeftIn(root: Node): NamedHelper[] {
  return fieldsCalled(root, 'credHelpers').flatMap(({ value: helpers }) =>
    (helpers.type === 'object' ? membersOf(helpers) : []).flatMap(({ name, value }) =>
      value.type === 'string' ? [{ key: keyWithoutUser(name), helper: String(value.value) }] : [],
    ),
  );
}

/** @returns the helper that a file names for every other host (docker alone reads it); undefined: none */
export function credsStoreIn(root: Node): string | undefined {
  const store = fieldsCalled(root, 'credsStore').at(-1)?.value.value;
  return typeof store === 'string' && store !== '' ? store : undefined;
}

/**
 * The entries of a field that holds an object; null stands for an empty one.
 * @throws AppError with `path`, line and column if it holds something else
 */
export function entriesOf(field: Member, text: string, path: string): readonly Member[] {
  mustBeObject(field, text, path);
  return membersOf(field.value);
}

/** Go's decoder gives up on the whole file for this. */
export function mustBeObject({ name, value }: Member, text: string, path: string): void {
  if (value.type === 'object' || value.type === 'null') return;
  throw jsonError(
    text,
    value.offset,
    path,
    `has something else than an object under ${shownName(keyWithoutUser(name))}`,
  );
}

/** A member of a JSON object and where it stands in the text; offsets are in UTF-16 units. */
export interface Member {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly value: Node;
}

/**
 * Parses `text` as one JSON object, strictly, and keeps positions.
 * Throws an AppError with `path`, line and column; no error quotes the text, since it holds secrets.
 */
export function parseJsonObject(text: string, path: string): Node {
  if (text.startsWith('\uFEFF'))
    throw jsonError(text, 0, path, 'starts with a byte order mark, which engines refuse');
  if (text.includes('\0')) throw jsonError(text, text.indexOf('\0'), path, 'is not UTF-8 text');
  const { root, errors } = jsonTree(text);
  const [first] = errors;
  if (first === 'too deep') throw jsonError(text, 0, path, 'is nested too deeply');
  if (first !== undefined) {
    const words = printParseErrorCode(first.error).replace(
      /\B[A-Z]/g,
      (letter) => ` ${letter.toLowerCase()}`,
    );
    throw jsonError(text, first.offset, path, `is not valid JSON (${words})`);
  }
  if (root?.type !== 'object') throw jsonError(text, root?.offset ?? 0, path, 'does not hold a JSON object');
  return root;
}

/**
 * The object that a text begins with, whatever follows it.
 * @returns the text up to its end; the whole text where nothing but spaces follows; undefined: it begins with none
 */
export function firstObjectIn(text: string): string | undefined {
  const { root } = jsonTree(text);
  if (root?.type !== 'object') return undefined;
  const end = root.offset + root.length;
  return isBlank(text.slice(end)) ? text : text.slice(0, end);
}

/** Whether a text is nothing to a JSON decoder: docker takes such a file for none, and podman refuses it. */
export function isBlank(text: string): boolean {
  return /^[ \t\r\n]*$/.test(text);
}

/** What JSON a text is, and what is wrong with it, in its order. */
export function jsonTree(text: string): {
  readonly root?: Node | undefined;
  readonly errors: readonly (ParseError | 'too deep')[];
} {
  const errors: ParseError[] = [];
  try {
    return { root: parseTree(text, errors, { disallowComments: true }), errors };
  } catch (error) {
    // The parser is recursive: thousands of nested brackets run out of stack.
    if (!(error instanceof RangeError)) throw error;
    return { errors: ['too deep'] };
  }
}

/** The members of an object node in the order of the text, duplicates included. */
export function membersOf(object: Node): Member[] {
  return (object.children ?? []).flatMap((property) => {
    const [key, value] = property.children ?? [];
    if (key === undefined || value === undefined) return [];
    return [{ name: String(key.value), start: property.offset, end: value.offset + value.length, value }];
  });
}

/** An AppError that says where in the file the fault is; line and column count from 1. */
export function jsonError(text: string, offset: number, path: string, fault: string): AppError {
  const before = text.slice(0, offset).split(/\r\n|\r|\n/);
  const column = (before.at(-1)?.length ?? 0) + 1;
  return new AppError({
    code: 'engine-file-broken',
    message: `${path}:${before.length}:${column}: the file ${fault}`,
    fix: { do: `Correct ${path} (or move it away), then run this again. It is left as it was.` },
  });
}
