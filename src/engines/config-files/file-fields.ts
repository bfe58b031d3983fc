import type { Node } from 'jsonc-parser';
import { shownName } from '../../hosts/quoting.ts';
import { keyWithoutUser } from '../../registry/host-in-key.ts';
import type { NamedHelper } from '../engine-state.ts';
import { jsonError, type Member, membersOf } from './json-members.ts';

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
