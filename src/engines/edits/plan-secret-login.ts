import { getNodeValue } from 'jsonc-parser';
import { isKeyOf } from '../../registry/engine-names.ts';
import { type Member, membersOf, parseJsonObject } from '../config-files/json-fields.ts';
import { loginInEntry } from '../config-files/login-in-entry.ts';
import { withNewMember, withoutMember, withValue } from './edit-json-text.ts';
import { type Draft, draftOf, loginsObject, objectMember, withObjectMember } from './plan-engine-edit.ts';

/** The logins of a pull secret, as its one key holds them. */
export interface LoginsText {
  readonly text: string;
  /** Names the place in errors. */
  readonly path: string;
  /** `kubernetes.io/dockercfg`: the entries of `auths` are the top level. */
  readonly legacy: boolean;
}

/** What a pull secret holds for a host. */
export interface HostLogins {
  /** The secret of the entry that is called like the host, letter by letter; undefined: there is none that engines send. */
  readonly secret: string | undefined;
  /** Whether there is an entry of that name, whatever it holds. */
  readonly isThere: boolean;
  /** The keys of other entries that clients may take for the host: `https://HOST/v1/`, `HOST/NAMESPACE`. */
  readonly others: readonly string[];
}

/**
 * @param host as `normaliseRegistryHost` writes it
 * @throws AppError with `path`, line and column if the text is broken
 */
export function loginsFor(host: string, logins: LoginsText): HostLogins {
  const names = entriesOf(draftOf(logins.text, logins));
  const own = names.findLast(({ name }) => name === host);
  const login = own === undefined ? undefined : loginInEntry(own.value);
  return {
    secret: typeof login === 'object' ? login.secret : undefined,
    isThere: own !== undefined,
    others: names.flatMap(({ name }) => (name !== host && isKeyOf(name, host) ? [name] : [])),
  };
}

/**
 * The text with this login for the host. `auth` alone is read by CRI-O's credential provider and k8schain, the two fields
 * by others; the kubelet reads either (kubernetes 1.34, pkg/credentialprovider/config.go). Every byte of other entries stays.
 * @param username without a colon
 * @throws AppError with `path`, line and column if the text is broken
 */
export function withLogin(
  host: string,
  { username, secret }: { readonly username: string; readonly secret: string },
  logins: LoginsText,
): string {
  const entry = { username, password: secret, auth: Buffer.from(`${username}:${secret}`).toString('base64') };
  const draft = draftOf(logins.text, logins);
  const own = entriesOf(draft).findLast(({ name }) => name === host);
  if (own !== undefined) {
    // What says the same already is not written again.
    const isSame = JSON.stringify(getNodeValue(own.value)) === JSON.stringify(entry);
    return isSame ? draft.text : withValue(draft.text, own.value, JSON.stringify(entry));
  }
  const root = parseJsonObject(draft.text, draft.path);
  if (draft.legacy) return withNewMember(draft.text, root, host, entry);
  return withObjectMember(draft, root, objectMember(draft, root, 'auths'), 'auths', host, entry);
}

/** The text without the entries that are called like the host, letter by letter. @throws AppError if it is broken */
export function withoutLogin(host: string, logins: LoginsText): string {
  const draft = draftOf(logins.text, logins);
  for (;;) {
    const object = loginsObject(draft);
    const own = object === undefined ? undefined : membersOf(object).find(({ name }) => name === host);
    if (object === undefined || own === undefined) return draft.text;
    draft.text = withoutMember(draft.text, object, own);
  }
}

function entriesOf(draft: Draft): Member[] {
  const object = loginsObject(draft);
  return object === undefined ? [] : membersOf(object);
}
