import type { KeychainFault } from '../../hosts/secret-store.ts';
import type { KeychainItem } from '../keychain.ts';
import { type BusConnection, BusError } from './dbus-connection.ts';
import type { DbusValue } from './dbus-values.ts';
import { locked, lockedItem, unconfirmed } from './faults.ts';

const BUS = 'org.freedesktop.DBus';
const GONE: readonly string[] = [
  'org.freedesktop.DBus.Error.InvalidArgs',
  'org.freedesktop.DBus.Error.UnknownObject',
  'org.freedesktop.Secret.Error.NoSuchObject',
];
/** A prompt that asks nobody completes within a few milliseconds. */
const PROMPT_MS = 300;
/** The service's own object. */
export const ROOT = '/org/freedesktop/secrets';
/** No object: no prompt is needed. */
export const NONE = '/';

/** Calls of the Secret Service on one connection. */
export interface Client {
  readonly bus: BusConnection;
  call(path: string, member: string, signature?: string, ...args: DbusValue[]): Promise<readonly DbusValue[]>;
  /** Runs what unlocks something in its turn among all processes. */
  unlocking<T>(action: () => Promise<T>): Promise<T>;
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

/**
 * Opens what needs no password for it.
 * @param isOpenAnyway asked where there is a prompt: whether that completes by itself
 * @returns undefined if a person would have to be asked
 * @throws BusError
 */
export async function unlock(
  paths: readonly string[],
  client: Client,
  isOpenAnyway: () => Promise<boolean> = async () => false,
): Promise<readonly string[] | undefined> {
  return paths.length === 0 ? [] : client.unlocking(() => unlockAlone(paths, client, isOpenAnyway));
}

async function unlockAlone(
  paths: readonly string[],
  client: Client,
  isOpenAnyway: () => Promise<boolean>,
): Promise<readonly string[] | undefined> {
  const [unlocked, prompt] = await client.call(ROOT, 'Unlock', 'ao', paths);
  if (prompt === NONE) return unlocked as readonly string[];
  if (await isOpenAnyway()) {
    const late = new Promise<'late'>((resolve) => setTimeout(resolve, PROMPT_MS, 'late').unref());
    if ((await Promise.race([confirm(prompt, client), late])) === undefined) return paths;
  }
  await client.call(String(prompt), 'org.freedesktop.Secret.Prompt Dismiss').catch(() => {
    // Gone by itself.
  });
  return undefined;
}

/** Of the Secret Service's specification, "Aliases". */
const DEFAULT_ALIAS = `${ROOT}/aliases/default`;

/**
 * Where new items go. Whatever looks for items looks here first: KeePassXC shows a dialogue to whoever searches a locked
 * database.
 * @returns its path; why it can't be used; undefined: there is none yet
 * @throws BusError
 */
export async function openCollection(client: Client): Promise<string | KeychainFault | undefined> {
  // Both at once: where the service serves the collection under its alias, too, there is no second way to it.
  const [[path], stateOfAlias] = await Promise.all([
    client.call(ROOT, 'ReadAlias', 's', 'default'),
    isLocked(DEFAULT_ALIAS, client).catch((error: unknown) => {
      // Only a service that does not is asked again.
      if (error instanceof BusError) return undefined;
      throw error;
    }),
  ]);
  if (typeof path !== 'string' || path === NONE) return undefined;
  if (!(stateOfAlias ?? (await isLocked(path, client)))) return path;
  const unlocked = await unlock([path], client, () => isOpenWallet(path, client));
  return unlocked === undefined ? locked() : path;
}

async function isLocked(path: string, { call }: Client): Promise<boolean> {
  const words = ['org.freedesktop.Secret.Collection', 'Locked'] as const;
  const [state] = await call(path, 'org.freedesktop.DBus.Properties Get', 'ss', ...words);
  return (state as readonly [string, DbusValue])[1] === true;
}

/**
 * KWallet (5.103 and 6.13) says of a wallet that the desktop's login opened that it is locked, until somebody goes through
 * Unlock's prompt, which then shows nothing. KWallet itself is asked whether it is open, and only if it is the one that keeps
 * secrets here: to ask for its name otherwise might start it.
 */
async function isOpenWallet(path: string, { bus }: Client): Promise<boolean> {
  const ownerOf = async (name: string): Promise<DbusValue | undefined> => {
    const call = { destination: BUS, path: '/org/freedesktop/DBus', interface: BUS, member: 'GetNameOwner' };
    return (await bus.call({ ...call, signature: 's', args: [name] }).catch(() => []))[0];
  };
  const keeper = await ownerOf('org.freedesktop.secrets');
  for (const daemon of ['kwalletd6', 'kwalletd5']) {
    const owner = await ownerOf(`org.kde.${daemon}`);
    if (owner === undefined || owner !== keeper) continue;
    const call = {
      destination: `org.kde.${daemon}`,
      path: `/modules/${daemon}`,
      interface: 'org.kde.KWallet',
    };
    const wallet = path.slice(path.lastIndexOf('/') + 1);
    const [isOpen] = await bus.call({ ...call, member: 'isOpen', signature: 's', args: [wallet] });
    return isOpen === true;
  }
  return false;
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
  const collection = await openCollection(client);
  if (typeof collection === 'object') return collection;
  for (const item of items) {
    const fault = await removeFound(() => search(item, client), [], collection, client);
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
  const collection = await openCollection(client);
  if (typeof collection === 'object') return collection;
  const kept = except === undefined ? undefined : await search({ host, id: except }, client);
  const staying = kept === undefined ? [] : [...kept.unlocked, ...kept.locked];
  return removeFound(() => search({ host }, client), staying, collection, client);
}

async function removeFound(
  find: () => Promise<Found>,
  staying: readonly string[],
  collection: string | undefined,
  client: Client,
): Promise<KeychainFault | undefined> {
  const goes = (path: string): boolean => !staying.includes(path);
  const matches = await find();
  const unlocked = await unlock(matches.locked.filter(goes), client);
  if (unlocked === undefined) return whyLocked(matches.locked.filter(goes), collection);
  for (const path of [...matches.unlocked.filter(goes), ...unlocked]) {
    try {
      const [prompt] = await client.call(path, 'org.freedesktop.Secret.Item Delete');
      const fault = await confirm(prompt, client);
      if (fault !== undefined) return fault;
    } catch (error) {
      // Another has removed it just now: that is no fault.
      if (!saysGone(error) || (await find()).unlocked.includes(path)) throw error;
    }
  }
  return undefined;
}

/** @returns why items can't be read or removed: the keyring is locked, or they are, in one that is open */
export function whyLocked(items: readonly string[], collection: string | undefined): KeychainFault {
  const isOpen = collection !== undefined && items.every((path) => path.startsWith(`${collection}/`));
  return isOpen ? lockedItem() : locked();
}

/** Whether an answer may be that of an item that was there a moment ago; KWallet says InvalidArgs of it. */
export function saysGone(error: unknown): boolean {
  return error instanceof BusError && GONE.includes(error.reason);
}
