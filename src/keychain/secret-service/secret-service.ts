import type { KeychainFault, SecretReading } from '../../hosts/secret-store.ts';
import { itemLabel, type Keychain, type KeychainItem } from '../keychain.ts';
import { type BusConnection, BusError, connectToBus } from './dbus-connection.ts';
import type { DbusValue } from './dbus-values.ts';
import { faultOf, locked, noSession, sessionBusPath } from './faults.ts';
import {
  attributesOf,
  type Client,
  confirm,
  NONE,
  ROOT,
  remove,
  removeAll,
  search,
  unlock,
} from './items.ts';

/** What does not answer for so long counts as hanging. */
const PATIENCE_MS = 900;
/** What only looks, and changes nothing, may take no longer than this on one connection, however it is put off. */
const LOOK_MS = 1000;
/** Each on a connection of its own. */
const MOST_ATTEMPTS = 3;
const SERVICE = 'org.freedesktop.secrets';
const OF_SERVICE = 'org.freedesktop.Secret.Service';

/**
 * The Secret Service of freedesktop.org: gnome-keyring, KWallet, KeePassXC. Secrets go over the bus's own socket in
 * its `plain` session: whoever could listen there may ask for them just as well.
 */
export function createSecretService(env: Record<string, string | undefined>): Keychain {
  const use = async <T>(
    action: (client: Client) => Promise<T>,
    withinMs?: number,
    attempts = MOST_ATTEMPTS,
  ): Promise<T | { fault: KeychainFault }> => {
    const path = sessionBusPath(env);
    if (path === undefined) return { fault: noSession(env) };
    const bus = connectToBus(path, PATIENCE_MS, withinMs);
    try {
      return await action({ bus, call: (...words) => callService(bus, ...words) });
    } catch (error) {
      // What the bus or the keyring answered; a defect goes up.
      if (attempts > 1 && isLost(error)) return use(action, withinMs, attempts - 1);
      return { fault: faultOf(error, env) };
    } finally {
      bus.close();
    }
  };
  const orFault = async (
    action: (client: Client) => Promise<KeychainFault | undefined>,
    withinMs?: number,
  ) => {
    const done = await use(async (client) => ({ fault: await action(client) }), withinMs);
    return done.fault;
  };
  return {
    read: (item) => use((client) => read(item, client), LOOK_MS),
    write: (item, username, secret) => orFault((client) => write(item, username, secret, client)),
    remove: (items) => orFault((client) => remove(items, client)),
    // Which ones are known of does not matter: it finds them all.
    removeAll: (host, _ids, except) => orFault((client) => removeAll(host, except, client)),
    health: async () => (await orFault(isUsable, LOOK_MS)) ?? { kind: 'ok' },
  };
}

/**
 * Whether the keyring lost sight of us: while many programs come and go at once, gnome-keyring (42) says now and then
 * that it has no such method, of one that it has, and has done nothing then.
 */
function isLost(error: unknown): boolean {
  return error instanceof BusError && error.reason === 'org.freedesktop.DBus.Error.UnknownMethod';
}

function callService(
  bus: BusConnection,
  path: string,
  member: string,
  signature = '',
  ...args: DbusValue[]
): Promise<readonly DbusValue[]> {
  const [owner = OF_SERVICE, name = member] = member.includes(' ') ? member.split(' ') : [];
  return bus.call({ destination: SERVICE, path, interface: owner, member: name, signature, args });
}

/** Two turns: what does not depend on an answer is asked at once. */
async function read(item: KeychainItem, client: Client): Promise<SecretReading> {
  const [session, found] = await Promise.all([openSession(client), search(item, client)]);
  const items = found.unlocked.length > 0 ? found.unlocked : await unlock(found.locked, client);
  if (items === undefined) return { fault: locked() };
  if (items.length === 0) return { fault: 'gone' };
  const [secrets] = await client.call(ROOT, 'GetSecrets', 'aoo', items, session);
  const [first] = secrets as readonly [path: string, secret: readonly DbusValue[]][];
  const value = first?.[1][2];
  return value instanceof Uint8Array ? { secret: Buffer.from(value).toString() } : { fault: 'gone' };
}

async function write(
  { host, id }: KeychainItem,
  username: string,
  secret: string,
  client: Client,
): Promise<KeychainFault | undefined> {
  const [session, collection] = await Promise.all([openSession(client), openCollection(client)]);
  if (typeof collection !== 'string') return collection;
  const properties = [
    ['org.freedesktop.Secret.Item.Label', ['s', itemLabel(host)]],
    [
      'org.freedesktop.Secret.Item.Attributes',
      ['a{ss}', [...attributesOf({ host, id }), ['username', username]]],
    ],
  ] as const;
  const content = [session, new Uint8Array(), Buffer.from(secret), 'text/plain'];
  const member = 'org.freedesktop.Secret.Collection CreateItem';
  const [, prompt] = await client.call(collection, member, 'a{sv}(oayays)b', properties, content, false);
  return confirm(prompt, client);
}

async function isUsable(client: Client): Promise<KeychainFault | undefined> {
  const [, collection] = await Promise.all([openSession(client), openCollection(client)]);
  return typeof collection === 'string' ? undefined : collection;
}

async function openSession(client: Client): Promise<DbusValue> {
  const [, session] = await client.call(ROOT, 'OpenSession', 'sv', 'plain', ['s', '']);
  return session ?? NONE;
}

/** @returns where new items go, if it is open */
async function openCollection(client: Client): Promise<string | KeychainFault> {
  const [path] = await client.call(ROOT, 'ReadAlias', 's', 'default');
  if (typeof path !== 'string' || path === NONE) {
    return {
      kind: 'absent',
      message: 'the keyring has no default collection yet',
      fix: {
        do: 'Make one in the program for your keyring (Passwords and Keys, KWalletManager, KeePassXC).',
      },
    };
  }
  const words = ['org.freedesktop.Secret.Collection', 'Locked'] as const;
  const [state] = await client.call(path, 'org.freedesktop.DBus.Properties Get', 'ss', ...words);
  const isLocked = (state as readonly [string, DbusValue])[1] === true;
  return isLocked && (await unlock([path], client)) === undefined ? locked() : path;
}
