import type { Node } from 'jsonc-parser';
import { type FieldName, fieldsCalled } from '../config-files/file-fields.ts';
import { jsonError, type Member, membersOf, parseJsonObject } from '../config-files/json-members.ts';
import { type NewValue, withNewMember, withValue } from './edit-json-text.ts';
import type { EditStep } from './edit-record.ts';

/**
 * The text a file should have; null: it should not be there. `changes` are sentences without secrets; `steps` are the
 * same for whoever takes them back, and hold secrets.
 */
export interface EnginePlan {
  readonly text: string | null;
  readonly changes: readonly string[];
  readonly steps?: readonly EditStep[];
}

/** A file on its way to what it should be. */
export interface Draft {
  readonly path: string;
  readonly legacy: boolean;
  text: string;
  readonly changes: string[];
  readonly steps: EditStep[];
}

/** @returns where an edit of the text starts; nothing (null) and an empty file start as an empty object */
export function draftOf(
  text: string | null,
  request: { readonly path: string; readonly legacy?: boolean },
): Draft {
  const { path, legacy = false } = request;
  // docker writes its file with tabs and without a newline at the end.
  const start = text === null || isBlank(text) ? '{\n}' : text;
  return { path, legacy, text: start, changes: [], steps: [] };
}

/** @returns the draft as a plan: without changes every byte stays as it was `before` */
export function planOf({ text, changes, steps }: Draft, before: string | null): EnginePlan {
  if (changes.length === 0) return { text: before, changes };
  return { text: text === '{\n}' ? '{}' : text, changes, steps };
}

/** Whether a file holds nothing, which docker takes for no file, and podman refuses. */
export function isBlank(text: string): boolean {
  return /^[ \t\r\n]*$/.test(text);
}

/**
 * The draft's text with a member added to the object called `outer`, which is made where it is missing or null.
 * @param found that object, as `objectMember` gave it
 */
export function withObjectMember(
  { text, path }: Draft,
  root: Node,
  found: Member | undefined,
  outer: string,
  name: string,
  value: NewValue,
): string {
  if (found === undefined) return withNewMember(text, root, outer, { [name]: value });
  if (found.value.type !== 'null') return withNewMember(text, found.value, name, value);
  const edited = withValue(text, found.value, '{}');
  const made = membersOf(parseJsonObject(edited, path)).find(({ start }) => start === found.start);
  return made === undefined ? edited : withNewMember(edited, made.value, name, value);
}

/**
 * The one field of this name, which holds an object (or null, which engines read as empty).
 * Throws an AppError with path, line and column if there are two, or it holds something else.
 */
export function objectMember({ text, path }: Draft, root: Node, name: FieldName): Member | undefined {
  const [first, second] = fieldsCalled(root, name);
  if (second !== undefined) throw jsonError(text, second.start, path, `has the key "${name}" twice`);
  if (first !== undefined && first.value.type !== 'object' && first.value.type !== 'null') {
    throw jsonError(text, first.value.offset, path, `has something else than an object under "${name}"`);
  }
  return first;
}
