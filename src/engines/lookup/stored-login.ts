import type { Node } from 'jsonc-parser';
import { keyWithoutUser } from '../../registry/host-in-key.ts';
import { normaliseRegistryHost } from '../../registry/registry-host.ts';
import { membersOf } from '../config-files/json-members.ts';
import { loginInEntry } from '../config-files/login-in-entry.ts';
import type { SecretFacts, StoredLogin } from '../engine-state.ts';

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
