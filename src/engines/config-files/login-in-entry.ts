import type { Node } from 'jsonc-parser';
import { membersOf } from './json-members.ts';

/** What an entry of `auths` holds. */
export interface EntryLogin {
  readonly secret: string;
  /** Undefined: the secret is a token that stands for itself (`identitytoken`), and no password of a user. */
  readonly username: string | undefined;
}

/**
 * The login of an entry. Source: docker/cli `LoadFromReader` and `decodeAuth`; containers/image `decodeDockerAuth`:
 * `auth` is USER:PASSWORD in base64, and an identity token counts before a password.
 * @returns undefined: there is none that an engine would send
 */
export function loginInEntry(entry: Node): EntryLogin | undefined {
  const fields = new Map(
    entry.type === 'object'
      ? membersOf(entry).map(({ name, value }) => [name.toLowerCase(), value.value])
      : [],
  );
  const text = (name: string) => {
    const value = fields.get(name);
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const given = text('identitytoken') ?? text('registrytoken');
  if (given !== undefined) return { secret: given, username: undefined };
  const auth = text('auth');
  const password = text('password');
  if (auth === undefined)
    return password === undefined ? undefined : { secret: password, username: text('username') };
  const decoded = Buffer.from(auth, 'base64').toString();
  const colon = decoded.indexOf(':');
  // Without a colon engines pass over the entry.
  if (colon === -1) return undefined;
  return { secret: decoded.slice(colon + 1).replace(/\0+$/, ''), username: decoded.slice(0, colon) };
}
