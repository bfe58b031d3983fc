import type { KeychainFault } from '../../hosts/secret-store.ts';
import type { KeychainItem } from '../logins/keychain.ts';
import { locked } from './faults.ts';
import { type Found, search } from './find-items.ts';
import { confirm, unlock } from './prompts.ts';
import type { Client } from './service-client.ts';

/** Removes these items. @returns why one is still there. @throws BusError */
export async function remove(
  items: readonly KeychainItem[],
  client: Client,
): Promise<KeychainFault | undefined> {
  for (const item of items) {
    const fault = await removeFound(await search(item, client), [], client);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/**
 * Removes every item of a host.
 * @param except the id of one that stays
 * @returns why one is still there
 * @throws BusError
 */
export async function removeAll(
  host: string,
  except: string | undefined,
  client: Client,
): Promise<KeychainFault | undefined> {
  const kept = except === undefined ? undefined : await search({ host, id: except }, client);
  const staying = kept === undefined ? [] : [...kept.unlocked, ...kept.locked];
  return removeFound(await search({ host }, client), staying, client);
}

async function removeFound(
  found: Found,
  staying: readonly string[],
  client: Client,
): Promise<KeychainFault | undefined> {
  const goes = (path: string): boolean => !staying.includes(path);
  const unlocked = await unlock(found.locked.filter(goes), client);
  if (unlocked === undefined) return locked();
  for (const path of [...found.unlocked.filter(goes), ...unlocked]) {
    const [prompt] = await client.call(path, 'org.freedesktop.Secret.Item Delete');
    const fault = await confirm(prompt, client);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
