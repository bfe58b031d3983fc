import type { Node } from 'jsonc-parser';
import type { SecretFacts, StoredLogin } from '../cli/doctor/engine-state.ts';
import { keyWithoutUser } from '../registry/host-in-key.ts';
import { normaliseRegistryHost } from '../registry/registry-host.ts';
import { membersOf } from './json-members.ts';

/** What is to be known of a secret; the secret itself goes nowhere else. */
export type FactsOf = (secret: string) => SecretFacts;

/**
 * The logins of an `auths` object, without their secrets.
 * @param auths the object's node; of a `.dockercfg`: the file's own
 */
export function storedLogins(auths: Node, factsOf: FactsOf): StoredLogin[] {
  return membersOf(auths).map(({ name, value }) => {
    const secret = secretOf(value);
    return {
      key: keyWithoutUser(name),
      host: normaliseRegistryHost(name) ?? undefined,
      form: /^https?:\/\//.test(name) ? 'url' : name.includes('/') ? 'namespace' : 'host',
      secret: secret === undefined ? undefined : factsOf(secret),
    };
  });
}

/**
 * The password or token of an entry. Source: docker/cli `LoadFromReader` and `decodeAuth`; containers/image
 * `decodeDockerAuth`: `auth` is USER:PASSWORD in base64, and an identity token counts before a password.
 */
function secretOf(entry: Node): string | undefined {
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
  if (given !== undefined) return given;
  const auth = text('auth');
  if (auth === undefined) return text('password');
  const decoded = Buffer.from(auth, 'base64').toString();
  const colon = decoded.indexOf(':');
  // Without a colon engines pass over the entry.
  return colon === -1 ? undefined : decoded.slice(colon + 1).replace(/\0+$/, '');
}
