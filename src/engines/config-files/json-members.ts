import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import { AppError } from '../../hosts/reason.ts';

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
  const errors: ParseError[] = [];
  let root: Node | undefined;
  try {
    root = parseTree(text, errors, { disallowComments: true });
  } catch (error) {
    // The parser is recursive: thousands of nested brackets run out of stack.
    if (!(error instanceof RangeError)) throw error;
    throw jsonError(text, 0, path, 'is nested too deeply');
  }
  const first = errors[0];
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
  try {
    const root = parseTree(text, [], { disallowComments: true });
    if (root?.type !== 'object') return undefined;
    const end = root.offset + root.length;
    return text.slice(end).trim() === '' ? text : text.slice(0, end);
  } catch (error) {
    // The parser is recursive: thousands of nested brackets run out of stack.
    if (!(error instanceof RangeError)) throw error;
    return undefined;
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
    fix: { do: `Mend ${path} (or move it away), then run this again. It is left as it was.` },
  });
}
