import type { KeychainFault, SecretReading } from '../../hosts/secret-store.ts';
import { itemLabel, type Keychain, type KeychainItem } from '../keychain.ts';
import { type BusConnection, BusError, connectToBus } from './dbus-connection.ts';
import type { DbusValue } from './dbus-values.ts';
import { faultOf, noSession, sessionBusPath } from './faults.ts';
import {
  attributesOf,
  type Client,
  confirm,
  NONE,
  openCollection,
  ROOT,
  remove,
  removeAll,
  saysGone,
  search,
  unlock,
  whyLocked,
} from './items.ts';

/** What does not answer for so long counts as hanging. */
const PATIENCE_MS = 900;
/** What only looks, and changes nothing, may take no longer than this on one connection, however it is put off. */
const LOOK_MS = 1000;
/** How long a change waits for its turn, of the five seconds that `store` has … */
const CHANGE_TURN_MS = 1500;
/** … and how long to unlock something does, of `LOOK_MS`. */
const UNLOCK_TURN_MS = 300;
/** Each on a connection of its own. */
const MOST_ATTEMPTS = 3;
const SERVICE = 'org.freedesktop.secrets';
const OF_SERVICE = 'org.freedesktop.Secret.Service';

/** Runs an action in its turn among all processes, or without one where that does not come within `waitMs`. */
type InTurn = <T>(waitMs: number, action: () => Promise<T>) => Promise<T>;

/**
 * The Secret Service of freedesktop.org: gnome-keyring, KWallet, KeePassXC. Secrets go over the bus's own socket in
 * its `plain` session: whoever could listen there may ask for them just as well.
 * @param inTurn what writes, removes or unlocks goes through this, and no such call within another one
 */
export function createSecretService(env: Record<string, string | undefined>, inTurn: InTurn): Keychain {
  const withTurn: Client['unlocking'] = (action) => inTurn(UNLOCK_TURN_MS, action);
  const hasTurn: Client['unlocking'] = (action) => action();
  const use = async <T>(
    action: (client: Client) => Promise<T>,
    withinMs: number | undefined,
    unlocking: Client['unlocking'],
    attempts = MOST_ATTEMPTS,
  ): Promise<T | { fault: KeychainFault }> => {
    const path = sessionBusPath(env);
    if (path === undefined) return { fault: noSession(env) };
    const bus = connectToBus(path, PATIENCE_MS, withinMs);
    try {
      return await action({ bus, call: (...words) => callService(bus, ...words), unlocking });
    } catch (error) {
      // What the bus or the keyring answered; a defect goes up.
      if (attempts > 1 && isLost(error)) return use(action, withinMs, unlocking, attempts - 1);
      return { fault: faultOf(error, env) };
    } finally {
      bus.close();
    }
  };
  const change = (action: (client: Client) => Promise<KeychainFault | undefined>) =>
    inTurn(CHANGE_TURN_MS, async () => {
      const done = await use(async (client) => ({ fault: await action(client) }), undefined, hasTurn);
      return done.fault;
    });
  return {
    read: (item) => use((client) => read(item, client), LOOK_MS, withTurn),
    write: (item, username, secret) =>
      change(async (client) => {
        const fault = await write(item, username, secret, client);
        if (fault !== undefined) return fault;
        // What can't be read again is not kept: it would be missed at the next pull only. On another connection, since
        // KeePassXC lets whoever stored an item read it as long as that one is connected.
        const kept = await use((other) => read(item, other), LOOK_MS, hasTurn);
        if ('secret' in kept && kept.secret === secret) return undefined;
        const why = 'fault' in kept && kept.fault !== 'gone' ? kept.fault : notKept();
        return (await remove([item], client)) === undefined ? why : { ...why, isLeft: true };
      }),
    remove: (items) => change((client) => remove(items, client)),
    // Which ones are known of does not matter: it finds them all.
    removeAll: (host, _ids, except) => change((client) => removeAll(host, except, client)),
    health: async () => {
      const done = await use(async (client) => ({ fault: await isUsable(client) }), LOOK_MS, withTurn);
      return done.fault ?? { kind: 'ok' };
    },
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

async function read(item: KeychainItem, client: Client): Promise<SecretReading> {
  const [session, collection] = await Promise.all([openSession(client), openCollection(client)]);
  if (typeof collection === 'object') return { fault: collection };
  // Where there is none yet, the item may lie in another.
  const matches = await search(item, client);
  const items = matches.unlocked.length > 0 ? matches.unlocked : await unlock(matches.locked, client);
  if (items === undefined) return { fault: whyLocked(matches.locked, collection) };
  if (items.length === 0) return { fault: 'gone' };
  try {
    const [secrets] = await client.call(ROOT, 'GetSecrets', 'aoo', items, session);
    const [first] = secrets as readonly [path: string, secret: readonly DbusValue[]][];
    const value = first?.[1][2];
    return value instanceof Uint8Array ? { secret: Buffer.from(value).toString() } : { fault: 'gone' };
  } catch (error) {
    if (!saysGone(error)) throw error;
    const now = await search(item, client);
    if (now.unlocked.length + now.locked.length > 0) throw error;
    return { fault: 'gone' };
  }
}

async function write(
  item: KeychainItem,
  username: string,
  secret: string,
  client: Client,
): Promise<KeychainFault | undefined> {
  const [session, collection] = await Promise.all([openSession(client), openCollection(client)]);
  if (typeof collection !== 'string') return collection ?? noCollection();
  const properties = [
    ['org.freedesktop.Secret.Item.Label', ['s', itemLabel(item.host)]],
    ['org.freedesktop.Secret.Item.Attributes', ['a{ss}', [...attributesOf(item), ['username', username]]]],
  ] as const;
  const content = [session, new Uint8Array(), Buffer.from(secret), 'text/plain'];
  const member = 'org.freedesktop.Secret.Collection CreateItem';
  const [, prompt] = await client.call(collection, member, 'a{sv}(oayays)b', properties, content, false);
  return confirm(prompt, client);
}

async function isUsable(client: Client): Promise<KeychainFault | undefined> {
  const [, collection] = await Promise.all([openSession(client), openCollection(client)]);
  return typeof collection === 'string' ? undefined : (collection ?? noCollection());
}

async function openSession(client: Client): Promise<DbusValue> {
  const [, session] = await client.call(ROOT, 'OpenSession', 'sv', 'plain', ['s', '']);
  return session ?? NONE;
}

function noCollection(): KeychainFault {
  return {
    kind: 'absent',
    message: 'the keyring has no default collection yet',
    fix: {
      do: 'Make one in the program for your keyring (Passwords and Keys, KWalletManager, KeePassXC).',
    },
  };
}

function notKept(): KeychainFault {
  return {
    kind: 'broken',
    message: 'the keyring says that it kept the secret, and does not have it',
    fix: { do: 'Restart it, and try again.' },
  };
}
