import type { Node } from 'jsonc-parser';
import { keyWithoutUser } from '../../registry/engine-names.ts';
import { normaliseRegistryHost } from '../../registry/registry-host.ts';
import type { SecretFacts, SecretFlaw, StoredLogin } from '../engine-state.ts';
import type { LoginField } from '../rules.ts';
import { membersOf } from './json-fields.ts';

/** A login in an engine's file, and the registry host that it is for. */
export interface FileLogin {
  readonly host: string;
  readonly username: string;
  readonly secret: string;
}

/** What an entry of `auths` holds. */
export interface EntryLogin {
  readonly secret: string;
  /** Undefined: the secret is a token that stands for itself (`identitytoken`), and no password of a user. */
  readonly username: string | undefined;
  /** Which of its fields would make it a login by themselves. */
  readonly fields: readonly LoginField[];
}

/**
 * The login of an entry. Source: docker/cli `LoadFromReader` and `decodeAuth`; containers/image `decodeDockerAuth`:
 * `auth` is USER:PASSWORD in base64, and an identity token counts before a password.
 * @returns undefined: there is none that an engine would send; `broken`: its `auth` is not base64
 */
export function loginInEntry(entry: Node): EntryLogin | 'broken' | undefined {
  const values = new Map(
    entry.type === 'object'
      ? membersOf(entry).map(({ name, value }) => [name.toLowerCase(), value.value])
      : [],
  );
  const text = (name: string) => {
    const value = values.get(name);
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const auth = text('auth');
  const decoded = auth === undefined ? undefined : decodedBase64(auth);
  if (auth !== undefined && decoded === undefined) return 'broken';
  // Without a colon engines pass over it.
  const pair = decoded === undefined ? undefined : /^([^:]*):(.*)$/s.exec(decoded);
  const named: Record<LoginField, boolean> = {
    auth: Boolean(pair),
    identitytoken: text('identitytoken') !== undefined,
    registrytoken: text('registrytoken') !== undefined,
    password: auth === undefined && text('password') !== undefined,
  };
  const fields = (Object.keys(named) as LoginField[]).filter((field) => named[field]);
  const given = text('identitytoken') ?? text('registrytoken');
  if (given !== undefined) return { secret: given, username: undefined, fields };
  if (auth === undefined) {
    const password = text('password');
    return password === undefined ? undefined : { secret: password, username: text('username'), fields };
  }
  if (!pair) return undefined;
  return { secret: (pair[2] ?? '').replace(/(?<!\0)\0+$/, ''), username: pair[1] ?? '', fields };
}

/** A token, and before it the rest of a user name that was cut at its colon. */
const AFTER_COLON = /^([^:]*):((?:sha256~|eyJ).*)$/s;

/**
 * A login as it was meant, and what makes registries refuse it as it is. `echo TOKEN | base64` puts a line break behind it,
 * which engines send with it (seen with podman 4.3 and docker 20.10). `kube:admin:TOKEN` is cut at its first colon; OpenShift
 * takes a token with any name, so that one without a colon does.
 */
export function loginAsMeant({
  username,
  secret,
}: {
  readonly username?: string | undefined;
  readonly secret: string;
}): { readonly username: string; readonly secret: string; readonly flaw?: SecretFlaw } {
  let end = secret.length;
  while (secret.charAt(end - 1) === '\n' || secret.charAt(end - 1) === '\r') end--;
  const whole = secret.slice(0, end);
  const [, rest, token] = AFTER_COLON.exec(whole) ?? [];
  if (rest !== undefined && token !== undefined)
    return { username: `${username ?? ''}-${rest}`, secret: token, flaw: 'colon' };
  const name = username ?? '';
  return end === secret.length
    ? { username: name, secret }
    : { username: name, secret: whole, flaw: 'line-break' };
}

/** As Go's decoder has it: padded, and without a character that is none of base64's but line breaks. */
function decodedBase64(text: string): string | undefined {
  const bare = text.replaceAll(/[\r\n]/g, '');
  const isWhole = bare.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(bare);
  return isWhole ? Buffer.from(bare, 'base64').toString() : undefined;
}

/** What is to be known of a secret; the secret itself goes nowhere else. */
export type FactsOf = (secret: string) => SecretFacts;

/**
 * The logins of an `auths` object, without their secrets.
 * @param auths the object's node; of a `.dockercfg`: the file's own
 */
export function storedLogins(auths: Node, factsOf: FactsOf): StoredLogin[] {
  return membersOf(auths).map(({ name, value }) => {
    const login = loginInEntry(value);
    const isBroken = login === 'broken';
    return {
      key: keyWithoutUser(name),
      host: normaliseRegistryHost(name) ?? undefined,
      form: /^https?:\/\//.test(name) ? 'url' : name.includes('/') ? 'namespace' : 'host',
      secret: login === undefined || isBroken ? undefined : factsOf(login.secret),
      fields: login === undefined || isBroken ? [] : login.fields,
      isBroken,
    };
  });
}
