import type { Node } from 'jsonc-parser';
import { shownName } from '../credential/quoting.ts';
import { withNewMember, withoutMember, withValue } from './edit-json-text.ts';
import { jsonError, type Member, membersOf, parseJsonObject } from './json-members.ts';

/** The name engines know the helper by: they run `docker-credential-NAME`. */
export const HELPER_NAME = 'openshift';

/** What a file should say afterwards. */
export interface EngineEditRequest {
  /** Only used to name the file in errors. */
  readonly path: string;
  /** Registry hosts as engines ask for them. */
  readonly hosts: readonly string[];
  /** Add `credHelpers` entries. Without it, an entry that names another helper is still turned to ours. */
  readonly addCredHelpers: boolean;
  /** The file is a `.dockercfg`: the entries of `auths` are its top level. */
  readonly legacy?: boolean;
}

/** The text a file should have; null: it should not be there. `changes` are sentences without secrets. */
export interface EnginePlan {
  readonly text: string | null;
  readonly changes: readonly string[];
}

/**
 * Plans an edit of docker's or podman's config file (`text`; null if there is none): the helper serves
 * `hosts`, and no `auths` entry hides it. Every other byte stays, and without changes all of them.
 * An empty file counts as absent for docker but breaks podman: it becomes a whole object.
 * Throws an AppError with `path`, line and column if the file is broken.
 */
export function planEngineEdit(text: string | null, request: EngineEditRequest): EnginePlan {
  const addCredHelpers = request.addCredHelpers && request.legacy !== true;
  const changes: string[] = [];
  if (text === null && !addCredHelpers) return { text: null, changes };
  const absent = text === null || /^[ \t\r\n]*$/.test(text);
  // docker writes its file with tabs and without a newline at the end.
  let edited = absent ? (addCredHelpers ? '{\n}' : '{}') : text;
  if (text !== null && absent)
    changes.push('the file was empty, which podman refuses: made it a JSON object');
  for (const host of request.hosts) {
    edited = removeShadowingAuths(edited, host, request, changes);
    if (request.legacy !== true) edited = setCredHelper(edited, host, addCredHelpers, request.path, changes);
  }
  return changes.length === 0 ? { text, changes } : { text: edited, changes };
}

/**
 * Whether podman takes this `auths` key for the host: the host itself, `HOST/ns…`, or either behind
 * http:// or https:// (so also the old `https://HOST/v1/`). Source: containers/image `findCredentialsInFile`.
 */
export function shadowsHost(key: string, host: string): boolean {
  const bare = key.replace(/^https?:\/\//, '');
  return bare === host || bare.startsWith(`${host}/`);
}

function removeShadowingAuths(
  text: string,
  host: string,
  request: EngineEditRequest,
  changes: string[],
): string {
  let edited = text;
  for (;;) {
    const root = parseJsonObject(edited, request.path);
    const auths = request.legacy === true ? root : objectMember(edited, root, 'auths', request.path)?.value;
    if (auths?.type !== 'object') return edited;
    const entry = membersOf(auths).find((member) => shadowsHost(member.name, host));
    if (entry === undefined) return edited;
    edited = withoutMember(edited, auths, entry);
    changes.push(`removed the stored login ${shownName(entry.name)}, which hid the helper`);
  }
}

function setCredHelper(text: string, host: string, add: boolean, path: string, changes: string[]): string {
  let edited = text;
  const helpers = objectMember(edited, parseJsonObject(edited, path), 'credHelpers', path);
  const existing =
    helpers === undefined ? [] : membersOf(helpers.value).filter((member) => member.name === host);
  // From the end, so that the positions of the others stay true.
  for (const member of existing.toReversed()) {
    if (member.value.value === HELPER_NAME) continue;
    edited = withValue(edited, member.value, JSON.stringify(HELPER_NAME));
    const other =
      member.value.type === 'string' ? `, which was ${shownName(String(member.value.value))}` : '';
    changes.push(`set the helper for ${host} to "${HELPER_NAME}"${other}`);
  }
  if (existing.length > 0 || !add) return edited;
  changes.push(`set the helper for ${host} to "${HELPER_NAME}"`);
  if (helpers === undefined) {
    return withNewMember(edited, parseJsonObject(edited, path), ['credHelpers', host], HELPER_NAME);
  }
  if (helpers.value.type === 'null') {
    edited = withValue(edited, helpers.value, '{}');
    return setCredHelper(edited, host, add, path, []);
  }
  return withNewMember(edited, helpers.value, [host], HELPER_NAME);
}

/**
 * The one member of this name that holds an object (or null, which engines read as empty).
 * Engines match these names without regard to case (Go's encoding/json), so we do too.
 */
function objectMember(text: string, root: Node, name: string, path: string): Member | undefined {
  const [first, second] = membersOf(root).filter(
    (member) => member.name.toLowerCase() === name.toLowerCase(),
  );
  if (second !== undefined) throw jsonError(text, second.start, path, `has the key "${name}" twice`);
  if (first !== undefined && first.value.type !== 'object' && first.value.type !== 'null') {
    throw jsonError(text, first.value.offset, path, `has something else than an object under "${name}"`);
  }
  return first;
}
