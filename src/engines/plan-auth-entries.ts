import { getNodeValue } from 'jsonc-parser';
import { withValue } from './edit-json-text.ts';
import {
  type Draft,
  draftOf,
  type EnginePlan,
  objectMember,
  planOf,
  withObjectMember,
} from './engine-draft.ts';
import { membersOf, parseJsonObject } from './json-members.ts';

/**
 * Plans a standalone auth file that holds these logins: `auth` is `USER:TOKEN` in base64. An entry of the host is
 * replaced whole, every other byte stays. Throws an AppError with `path`, line and column if the file is broken.
 */
export function planAuthEntries(
  text: string | null,
  request: { readonly path: string; readonly logins: readonly { host: string; auth: string }[] },
): EnginePlan {
  const draft = draftOf(text, request);
  for (const { host, auth } of request.logins) setLogin(draft, host, auth);
  return planOf(draft, text);
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
