import type { Node } from 'jsonc-parser';
import { shownName } from '../../hosts/quoting.ts';
import { isKeyOf, keyWithoutUser, OUR_HELPER } from '../../registry/engine-names.ts';
import {
  type FieldName,
  fieldsCalled,
  isBlank,
  jsonError,
  type Member,
  membersOf,
  parseJsonObject,
} from '../config-files/json-fields.ts';
import { loginInEntry } from '../config-files/login-in-entry.ts';
import { type NewValue, withNewMember, withNewValue, withoutMember, withValue } from './edit-json-text.ts';
import type { EditStep } from './edit-record.ts';

/** What a file should say afterwards. */
export interface EngineEditRequest {
  /** Only used to name the file in errors. */
  readonly path: string;
  /** Registry hosts as engines ask for them. */
  readonly hosts: readonly string[];
  /** Hosts that are kept anonymous, in the same form: no login of theirs stays, and no helper is named for them. */
  readonly cleared?: readonly string[];
  /** Add `credHelpers` entries. Without it, an entry that names another helper is still turned to ours. */
  readonly addCredHelpers: boolean;
  /** Those of the hosts that another file names the helper for, which the same engines read: this one is to name none. */
  readonly namedElsewhere?: readonly string[];
  /** The file is a `.dockercfg`: the entries of `auths` are its top level. */
  readonly legacy?: boolean;
  /** Which stored logins may go, by their key and JSON; undefined: all that hide the helper. */
  mayRemove?(key: string, json: string): boolean;
}

/**
 * Plans an edit of docker's or podman's config file (`text`; null if there is none): the helper serves
 * `hosts`, and no `auths` entry hides it. Every other byte stays, and without changes all of them.
 * An empty file counts as absent for docker but breaks podman: it becomes a whole object.
 * Throws an AppError with `path`, line and column if the file is broken.
 */
export function planEngineEdit(text: string | null, request: EngineEditRequest): EnginePlan {
  const addCredHelpers = request.addCredHelpers && request.legacy !== true;
  if (text === null && !addCredHelpers) return { text, changes: [] };
  const draft = draftOf(text, request);
  if (text !== null && isBlank(text))
    draft.changes.push('the file was empty, which podman refuses: made it a JSON object');
  for (const host of request.hosts) {
    removeLogins(draft, host, ', which overrode the helper', request.mayRemove);
    if (draft.legacy) continue;
    if (request.namedElsewhere?.includes(host)) removeCredHelper(draft, host);
    else setCredHelper(draft, host, addCredHelpers);
  }
  for (const host of request.cleared ?? []) removeLogins(draft, host, ': the config keeps it anonymous');
  return planOf(draft, text);
}

/**
 * Plans that a file holds no stored login for `host` (as `normaliseRegistryHost` writes it) any more, in any spelling: also
 * in those that no engine takes for it just so, since whoever signed out means them, too. The helper stays named: without it
 * engines would go on to another file's login. A file that is not there, or empty, holds none.
 * Throws an AppError with `path`, line and column if the file is broken.
 */
export function planSignOut(
  text: string | null,
  request: Pick<EngineEditRequest, 'path' | 'legacy'> & { readonly host: string },
): EnginePlan {
  if (text === null || isBlank(text)) return { text, changes: [] };
  const draft = draftOf(text, request);
  removeLogins(draft, request.host, '', undefined, isKeyOf);
  return planOf(draft, text);
}

/**
 * Whether podman takes this `auths` key for the host: the host itself, `HOST/ns…`, or either behind
 * http:// or https:// (so also the old `https://HOST/v1/`). Source: containers/image `findCredentialsInFile`.
 */
export function shadowsHost(key: string, host: string): boolean {
  const bare = key.replace(/^https?:\/\//, '');
  return bare === host || bare.startsWith(`${host}/`);
}

function removeLogins(
  draft: Draft,
  host: string,
  why: string,
  mayRemove: (key: string, json: string) => boolean = () => true,
  isOf: (key: string, host: string) => boolean = shadowsHost,
): void {
  for (;;) {
    const auths = loginsObject(draft);
    if (auths === undefined) return;
    const members = membersOf(auths);
    const index = members.findIndex(
      ({ name, value }) => isOf(name, host) && mayRemove(name, textOf(draft.text, value)),
    );
    const entry = members[index];
    if (entry === undefined) return;
    const json = textOf(draft.text, entry.value);
    const after = members[index - 1]?.name ?? null;
    draft.text = withoutMember(draft.text, auths, entry);
    const shown = shownName(keyWithoutUser(entry.name));
    // docker leaves empty entries beside a helper: they override nothing.
    const isLogin = loginInEntry(entry.value) !== undefined;
    draft.changes.push(
      isLogin
        ? `removed the stored login ${shown}${why}`
        : `removed the entry ${shown}, which holds no login`,
    );
    draft.steps.push({ kind: 'login', host, key: entry.name, json, after, legacy: draft.legacy });
  }
}

function setCredHelper(draft: Draft, host: string, add: boolean): void {
  const root = parseJsonObject(draft.text, draft.path);
  const helpers = objectMember(draft, root, 'credHelpers');
  const existing =
    helpers === undefined ? [] : membersOf(helpers.value).filter((member) => member.name === host);
  // From the end, so that the positions of the others stay true.
  for (const [nth, member] of [...existing.entries()].toReversed()) {
    if (member.value.value === OUR_HELPER) continue;
    const previous = textOf(draft.text, member.value);
    const other =
      member.value.type === 'string' ? `, which was ${shownName(String(member.value.value))}` : '';
    draft.text = withValue(draft.text, member.value, JSON.stringify(OUR_HELPER));
    draft.changes.push(`set the helper for ${host} to "${OUR_HELPER}"${other}`);
    draft.steps.push({ kind: 'helper', host, previous, nth, madeContainer: false });
  }
  if (existing.length > 0 || !add) return;
  draft.changes.push(`set the helper for ${host} to "${OUR_HELPER}"`);
  const madeContainer = helpers === undefined || draft.steps.some(isMaker);
  draft.steps.push({ kind: 'helper', host, previous: null, nth: 0, madeContainer });
  draft.text = withObjectMember(draft, root, helpers, 'credHelpers', host, OUR_HELPER);
}

/** An engine that asked one helper in vain goes on to the next file, and would ask once more there. */
function removeCredHelper(draft: Draft, host: string): void {
  for (;;) {
    const helpers = objectMember(draft, parseJsonObject(draft.text, draft.path), 'credHelpers')?.value;
    const members = helpers?.type === 'object' ? membersOf(helpers) : [];
    const index = members.findIndex(({ name }) => name === host);
    const entry = members[index];
    if (helpers === undefined || entry === undefined) return;
    const { value } = entry;
    const which = value.value === OUR_HELPER ? '' : ` ${shownName(String(value.value))}`;
    const json = textOf(draft.text, value);
    const after = members[index - 1]?.name ?? null;
    draft.text = withoutMember(draft.text, helpers, entry);
    draft.changes.push(`removed the helper${which} for ${host}, which docker's config names for all engines`);
    draft.steps.push({ kind: 'unnamed', host, json, after });
  }
}

function isMaker(step: EditStep): boolean {
  return step.kind === 'helper' && step.madeContainer;
}

function textOf(text: string, { offset, length }: Node): string {
  return text.slice(offset, offset + length);
}

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

/**
 * @returns where an edit of the text starts; nothing (null) and an empty file start as docker makes its own, since there are
 *   tools that fail for a file without `auths` (redhat-actions/podman-login)
 */
export function draftOf(
  text: string | null,
  request: { readonly path: string; readonly legacy?: boolean },
): Draft {
  const { path, legacy = false } = request;
  // docker writes its file with tabs and without a newline at the end.
  const empty = legacy ? '{\n}' : '{\n\t"auths": {}\n}';
  const start = text === null || isBlank(text) ? empty : text;
  return { path, legacy, text: start, changes: [], steps: [] };
}

/** @returns the draft as a plan: without changes every byte stays as it was `before` */
export function planOf({ text, changes, steps }: Draft, before: string | null): EnginePlan {
  if (changes.length === 0) return { text: before, changes };
  return { text: text === '{\n}' ? '{}' : text, changes, steps };
}

/**
 * The draft's text with a member added to the object called `outer`, which is made where it is missing or null.
 * @param found that object, as `objectMember` gave it
 */
export function withObjectMember(
  { text }: Draft,
  root: Node,
  found: Member | undefined,
  outer: string,
  name: string,
  value: NewValue,
): string {
  if (found === undefined) return withNewMember(text, root, outer, { [name]: value });
  if (found.value.type === 'object') return withNewMember(text, found.value, name, value);
  return withNewValue(text, root, found.value, { [name]: value });
}

/**
 * The object that holds a draft's logins, by their keys; undefined: there is none.
 * @throws AppError with path, line and column if the draft is broken
 */
export function loginsObject(draft: Draft): Node | undefined {
  const root = parseJsonObject(draft.text, draft.path);
  const logins = draft.legacy ? root : objectMember(draft, root, 'auths')?.value;
  return logins?.type === 'object' ? logins : undefined;
}

/**
 * The one field of this name, which holds an object (or null, which engines read as empty).
 * Throws an AppError with path, line and column if there are two, or it holds something else.
 */
export function objectMember(
  { text, path }: Pick<Draft, 'text' | 'path'>,
  root: Node,
  name: FieldName,
): Member | undefined {
  const [first, second] = fieldsCalled(root, name);
  if (second !== undefined) throw jsonError(text, second.start, path, `has the key "${name}" twice`);
  if (first !== undefined && first.value.type !== 'object' && first.value.type !== 'null') {
    throw jsonError(text, first.value.offset, path, `has something else than an object under "${name}"`);
  }
  return first;
}
