import type { KeychainItem } from '../logins/keychain.ts';
import { type Client, ROOT } from './service-client.ts';

/** Items, by their paths. */
export interface Found {
  readonly unlocked: readonly string[];
  readonly locked: readonly string[];
}

/** Looks for an item; without an id for every one of its host. @throws BusError */
export async function search(
  item: Pick<KeychainItem, 'host'> & Partial<KeychainItem>,
  client: Client,
): Promise<Found> {
  const [unlocked, lockedItems] = await client.call(ROOT, 'SearchItems', 'a{ss}', attributesOf(item));
  return { unlocked: unlocked as readonly string[], locked: lockedItems as readonly string[] };
}

/** @returns what items are found by; the schema is what programs for keyrings show as their kind */
export function attributesOf({
  host,
  id,
}: Pick<KeychainItem, 'host'> & Partial<KeychainItem>): [string, string][] {
  return [
    ['xdg:schema', 'docker-credential-openshift'],
    ['server', host],
    ...(id === undefined ? [] : [['id', id] as [string, string]]),
  ];
}
