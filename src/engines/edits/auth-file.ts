import { resolve } from 'node:path';
import { getNodeValue } from 'jsonc-parser';
import { shownName } from '../../hosts/quoting.ts';
import { AppError } from '../../hosts/reason.ts';
import { hostInKey, keyWithoutUser, programOf } from '../../registry/engine-names.ts';
import { readEngineFile } from '../config-files/engine-file-on-disk.ts';
import { type EngineEnvironment, engineFiles } from '../config-files/engine-files.ts';
import { membersOf, parseJsonObject } from '../config-files/json-fields.ts';
import type { FileLogin } from '../config-files/login-in-entry.ts';
import { helpersIn, hostsOfOurs, namedHelpers } from '../other-helpers.ts';
import { applyEngineEdit, previewEngineEdit } from './apply-engine-edit.ts';
import { withoutMember, withValue } from './edit-json-text.ts';
import {
  type Draft,
  draftOf,
  type EnginePlan,
  loginsObject,
  objectMember,
  planOf,
  withObjectMember,
} from './plan-engine-edit.ts';

/** Whatever it was before: what lies in it from then on opens registries. */
const MODE = 0o600;

/**
 * Looks whether a standalone auth file can hold logins for hosts, before any token is had for it.
 * @returns what whoever uses the file should know, in sentences
 * @throws AppError where it can't, or where the logins would do harm: in a file that an engine reads before the helper
 */
export async function inspectAuthFile(
  environment: EngineEnvironment,
  path: string,
  hosts: readonly string[],
): Promise<readonly string[]> {
  const { text, target } = await readEngineFile(path);
  const { byHost, forAll } = helpersIn(text, path);
  for (const host of hosts) {
    const [helper] = byHost.get(host) ?? [];
    if (helper === undefined) continue;
    throw new AppError({
      code: 'helper-in-file',
      message: `${path} names ${programOf(helper)} for ${host}: a login in it would never be used, or would override the helper`,
      fix: { do: 'Name another file with --to.' },
    });
  }
  await refuseLiveFile(environment, path, resolve(target), hosts);
  // Whatever would be written: what keeps the file from being written is told before a token is minted.
  await previewEngineEdit(
    path,
    (now) => planAuthEntries(now, { path, logins: hosts.map((host) => ({ host, auth: '' })) }),
    { uid: environment.uid, state: null, keeps: 'nothing', mode: MODE },
  );
  const hidden = forAll.map(
    (helper) =>
      `Warning: ${path} names ${programOf(helper)} for every host (credsStore): docker, and tools that read it as docker does, will not look at the logins in it.`,
  );
  const kept = hosts.flatMap((host) =>
    namespaceLoginsIn(text, path, host).map(
      (key) =>
        `${path} keeps its login ${shownName(keyWithoutUser(key))}: podman, buildah and skopeo take that one for what lies below it.`,
    ),
  );
  return [...hidden, ...kept];
}

async function refuseLiveFile(
  environment: EngineEnvironment,
  path: string,
  target: string,
  hosts: readonly string[],
): Promise<void> {
  for (const file of engineFiles(environment)) {
    const isIt = resolve(file.path) === resolve(path) || (await targetOf(file.path)) === target;
    if (!isIt) continue;
    const ours = hostsOfOurs(await namedHelpers(environment));
    const host = hosts.find((name) => ours.includes(name));
    if (host === undefined) return;
    throw new AppError({
      code: 'live-auth-file',
      message: `${path} is a file of ${file.readBy.join(' and ')}, for which this helper serves ${host}: a login in it would come before the helper, and go stale`,
      fix: { do: 'Engines need no login there. For another tool, name another file with --to.' },
    });
  }
}

async function targetOf(path: string): Promise<string | undefined> {
  try {
    return resolve((await readEngineFile(path)).target);
  } catch (error) {
    // An engine's file that can't be read is not the one that could be.
    if (!(error instanceof AppError)) throw error;
    return undefined;
  }
}

/**
 * Writes logins into a standalone auth file, in the form of docker's config.json. Whatever else is in it stays; nobody
 * but its owner may read it.
 * @param state our state directory, for the lock
 * @returns what changed, in sentences
 * @throws AppError naming the file, which is then as it was
 */
export function writeAuthFile(
  { uid }: EngineEnvironment,
  state: string | null,
  path: string,
  logins: readonly FileLogin[],
): Promise<readonly string[]> {
  const entries = logins.map(({ host, username, secret }) => ({
    host,
    auth: Buffer.from(`${username}:${secret}`).toString('base64'),
  }));
  // No backup is made: what was in it before are tokens, too.
  return applyEngineEdit(path, (text) => planAuthEntries(text, { path, logins: entries }), {
    uid,
    state,
    keeps: 'nothing',
    mode: MODE,
  });
}

/**
 * Plans a standalone auth file that holds these logins: `auth` is `USER:TOKEN` in base64. An entry of the host is
 * replaced whole, and the host's other spellings (`https://HOST/v1/`), which podman may take before it, go; every other
 * byte stays, also the logins of its namespaces (`HOST/ns`). Throws an AppError with `path`, line and column if the file is broken.
 */
export function planAuthEntries(
  text: string | null,
  request: { readonly path: string; readonly logins: readonly { host: string; auth: string }[] },
): EnginePlan {
  const draft = draftOf(text, request);
  for (const { host, auth } of request.logins) {
    removeOtherSpellings(draft, host);
    setLogin(draft, host, auth);
  }
  return planOf(draft, text);
}

function removeOtherSpellings(draft: Draft, host: string): void {
  for (;;) {
    const auths = loginsObject(draft);
    if (auths === undefined) return;
    const other = membersOf(auths).find(({ name }) => isOtherSpelling(name, host));
    if (other === undefined) return;
    draft.text = withoutMember(draft.text, auths, other);
    draft.changes.push(`removed the login ${shownName(other.name)}, which would be taken before it`);
  }
}

/** Whether a key stands for the whole host, other than by its name: podman leaves out a path behind a scheme only. */
function isOtherSpelling(key: string, host: string): boolean {
  return /^https?:\/\//.test(key) && hostInKey(key) === host;
}

/**
 * The logins for namespaces of a host (`HOST/ns`), which podman, buildah and skopeo take before the one of the host.
 * @param text what is in the file at `path`; null: there is none
 * @throws AppError with `path`, line and column if the file is broken
 */
export function namespaceLoginsIn(text: string | null, path: string, host: string): readonly string[] {
  const auths = loginsObject(draftOf(text, { path }));
  if (auths === undefined) return [];
  return membersOf(auths).flatMap(({ name }) => (name.startsWith(`${host}/`) ? [name] : []));
}

function setLogin(draft: Draft, host: string, auth: string): void {
  const root = parseJsonObject(draft.text, draft.path);
  const auths = objectMember(draft, root, 'auths');
  const entries = auths === undefined ? [] : membersOf(auths.value).filter(({ name }) => name === host);
  const last = entries.at(-1);
  const json = JSON.stringify({ auth });
  if (last !== undefined && JSON.stringify(getNodeValue(last.value)) === json) return;
  draft.changes.push(`wrote the login for ${host}`);
  draft.text =
    last === undefined
      ? withObjectMember(draft, root, auths, 'auths', host, { auth })
      : withValue(draft.text, last.value, json);
}
