import { getNodeValue } from 'jsonc-parser';
import { shownName } from '../../hosts/quoting.ts';
import { hostInKey } from '../../registry/host-in-key.ts';
import { membersOf, parseJsonObject } from '../config-files/json-members.ts';
import { withoutMember, withValue } from './edit-json-text.ts';
import {
  type Draft,
  draftOf,
  type EnginePlan,
  objectMember,
  planOf,
  withObjectMember,
} from './engine-draft.ts';

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
    const auths = objectMember(draft, parseJsonObject(draft.text, draft.path), 'auths')?.value;
    if (auths?.type !== 'object') return;
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
  const draft = draftOf(text, { path });
  const auths = objectMember(draft, parseJsonObject(draft.text, path), 'auths')?.value;
  if (auths?.type !== 'object') return [];
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
