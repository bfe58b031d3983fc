import type { KeychainFault } from '../../hosts/secret-store.ts';
import type { KeychainItem } from '../keychain.ts';
import type { BusConnection } from './dbus-connection.ts';
import type { DbusValue } from './dbus-values.ts';
import { locked, unconfirmed } from './faults.ts';

/** The service's own object. */
export const ROOT = '/org/freedesktop/secrets';
/** No object: no prompt is needed. */
export const NONE = '/';

/** Calls of the Secret Service on one connection. */
export interface Client {
  readonly bus: BusConnection;
  call(path: string, member: string, signature?: string, ...args: DbusValue[]): Promise<readonly DbusValue[]>;
}

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

const BUS = 'org.freedesktop.DBus';

/** Opens what needs no password for it. @returns undefined if a person would have to be asked. @throws BusError */
export async function unlock(
  paths: readonly string[],
  client: Client,
): Promise<readonly string[] | undefined> {
  if (paths.length === 0) return [];
  const [unlocked, prompt] = await client.call(ROOT, 'Unlock', 'ao', paths);
  if (prompt === NONE) return unlocked as readonly string[];
  await client.call(String(prompt), 'org.freedesktop.Secret.Prompt Dismiss').catch(() => {
    // Gone by itself.
  });
  return undefined;
}

/**
 * Goes through with a change: KeePassXC has a prompt for each, and mostly shows none of them.
 * @returns that a person refused it
 * @throws BusError
 */
export async function confirm(
  prompt: DbusValue | undefined,
  { bus, call }: Client,
): Promise<KeychainFault | undefined> {
  if (typeof prompt !== 'string' || prompt === NONE) return undefined;
  const rule = `type='signal',interface='org.freedesktop.Secret.Prompt',path='${prompt}'`;
  const match = { destination: BUS, path: '/org/freedesktop/DBus', interface: BUS, member: 'AddMatch' };
  await bus.call({ ...match, signature: 's', args: [rule] });
  const completed = bus.signalled(prompt, 'Completed');
  const [[dismissed]] = await Promise.all([
    completed,
    call(prompt, 'org.freedesktop.Secret.Prompt Prompt', 's', ''),
  ]);
  return dismissed === true ? unconfirmed() : undefined;
}

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
