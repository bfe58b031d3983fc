import { randomBytes } from 'node:crypto';
import { AppError } from '../credential/app-error.ts';
import type { Moment } from '../credential/clock.ts';
import type {
  KeychainFault,
  KeychainHealth,
  LoginToStore,
  SecretPlace,
  SecretStore,
} from '../credential/secret-store.ts';
import type { Keychain } from './keychain.ts';
import { withLock } from './lock.ts';
import { removeFile } from './remove-file.ts';
import {
  readStoredRecord,
  readStoredRecords,
  readStoredSecret,
  type StoredRecord,
  storedLoginFile,
  storedLoginIn,
  storedLoginsDirectory,
  storedRecord,
} from './stored-logins.ts';
import { writeStoredRecord } from './write-stored-record.ts';

export interface SecretStorePorts {
  /** Our state directory; null: there is no private place. */
  readonly state: string | null;
  readonly uid: number | undefined;
  /** Loaded when a secret is asked for. */
  keychain(): Promise<Keychain>;
  /** Where the config wants secrets. @throws AppError if it can't be told */
  place(): Promise<SecretPlace>;
  /** The config file, for sentences; null: there is no place for one. */
  readonly configFile: string | null;
  now(): Moment;
  /** What is left of the time for the whole verb, in ms. */
  remainingMs(): number;
}

/**
 * Typed secrets: in the keychain, each version of one in an item of its own, or in private files. A file for each host
 * says which item counts. It is replaced as a whole, before an item it names is removed and after an item it is to
 * count is there, so that whoever is killed meanwhile leaves the old or the new secret, and nothing that is forgotten.
 */
export function createSecretStore(ports: SecretStorePorts): SecretStore {
  const { state, uid } = ports;
  const recordOf = (host: string): StoredRecord | undefined =>
    state === null ? undefined : readStoredRecord(storedLoginFile(state, host), uid);
  return {
    find: (host) => storedLoginIn(recordOf(host), ports.now()),
    list: () =>
      (state === null ? [] : readStoredRecords(state, uid))
        .map((record) => storedLoginIn(record, ports.now()))
        .filter((login) => login !== undefined),
    read: async ({ host, id, where }) => {
      if (where === 'keychain') return (await ports.keychain()).read({ host, id });
      const secret = readStoredSecret(state, host, id, uid);
      return secret === undefined ? { fault: 'gone' } : { secret };
    },
    keep: async (login, secret) => {
      if (state === null) throw noPlace();
      const place = await ports.place();
      const path = storedLoginFile(state, login.host);
      await alone(path, state, ports, async () => {
        const before = readStoredRecord(path, uid);
        if (place === 'file') await keepInFile(login, secret, before, path, ports);
        else await keepInKeychain(login, secret, before, path, ports);
      });
    },
    erase: async (host) => {
      if (state === null || recordOf(host) === undefined) return false;
      const path = storedLoginFile(state, host);
      return await alone(path, state, ports, () => erase(host, path, ports));
    },
    health: async (): Promise<KeychainHealth> => (await ports.keychain()).health(),
  };
}

async function keepInFile(
  login: LoginToStore,
  secret: string,
  before: StoredRecord | undefined,
  path: string,
  ports: SecretStorePorts,
): Promise<void> {
  const stored = { ...login, where: 'file', id: newId() } as const;
  const record = { login: stored, storedAt: ports.now(), secret };
  await writeStoredRecord(
    path,
    storedRecord({ host: login.host, ...record, items: before?.items ?? [] }),
    ports.uid,
  );
  if (before === undefined || before.items.length === 0) return;
  const fault = await removeItems(login.host, before.items, ports);
  // What stays there counts no more, and is removed with this login.
  if (fault === undefined)
    await writeStoredRecord(path, storedRecord({ host: login.host, ...record, items: [] }), ports.uid);
}

async function keepInKeychain(
  login: LoginToStore,
  secret: string,
  before: StoredRecord | undefined,
  path: string,
  ports: SecretStorePorts,
): Promise<void> {
  const { host } = login;
  const id = newId();
  const storedAt = ports.now();
  const earlier = before?.items ?? [];
  const items = [...earlier, id];
  const nothing = storedRecord({ host, login: undefined, storedAt, items: [] });
  // First the name of what is to be written: nothing that might be in the keychain is unknown to us.
  await writeStoredRecord(path, { ...(before ?? nothing), items }, ports.uid);
  const fault = await (await ports.keychain()).write({ host, id }, login.username, secret);
  if (fault !== undefined) {
    const isThere = fault.kind === 'hanging' || fault.kind === 'broken';
    if (!isThere) await restore(path, before, ports);
    throw notKept(fault, host, ports);
  }
  const stored = { ...login, where: 'keychain', id } as const;
  await writeStoredRecord(path, storedRecord({ host, login: stored, storedAt, items }), ports.uid);
  if (earlier.length === 0) return;
  const left = await removeItems(host, earlier, ports);
  if (left === undefined)
    await writeStoredRecord(path, storedRecord({ host, login: stored, storedAt, items: [id] }), ports.uid);
}

async function restore(
  path: string,
  before: StoredRecord | undefined,
  ports: SecretStorePorts,
): Promise<void> {
  if (before === undefined) await removeFile(path);
  else await writeStoredRecord(path, before, ports.uid);
}

/** @returns whether a secret was stored, and not only left over */
async function erase(host: string, path: string, ports: SecretStorePorts): Promise<boolean> {
  const before = readStoredRecord(path, ports.uid);
  if (before === undefined) return false;
  const wasStored = before.login !== undefined;
  if (before.items.length > 0) {
    const { items, storedAt } = before;
    if (wasStored)
      await writeStoredRecord(path, storedRecord({ host, login: undefined, storedAt, items }), ports.uid);
    const fault = await removeItems(host, items, ports);
    if (fault !== undefined && !wasStored) return false;
    if (fault !== undefined) {
      throw new AppError({
        code: 'left-in-keychain',
        message: `The login for ${host} is answered no more, but it stays in the keychain: ${fault.message}`,
        hint: fault.hint,
      });
    }
  }
  await removeFile(path);
  return wasStored;
}

async function removeItems(
  host: string,
  ids: readonly string[],
  ports: SecretStorePorts,
): Promise<KeychainFault | undefined> {
  return (await ports.keychain()).remove(ids.map((id) => ({ host, id })));
}

/** One process at a time changes what is stored for a host. */
async function alone<T>(
  path: string,
  state: string,
  ports: SecretStorePorts,
  action: () => Promise<T>,
): Promise<T> {
  const lock = path.replace(storedLoginsDirectory(state), `${state}/locks`);
  let result: { value: T } | undefined;
  const ran = await withLock(lock, Math.max(0, ports.remainingMs()), ports.uid, async () => {
    result = { value: await action() };
    return true;
  });
  if (ran === true && result !== undefined) return result.value;
  throw new AppError({
    code: 'store-busy',
    message: 'Other processes are changing the same login, and did not end in time',
    hint: 'Try again.',
  });
}

function newId(): string {
  return randomBytes(8).toString('hex');
}

function notKept({ kind, message, hint }: KeychainFault, host: string, ports: SecretStorePorts): AppError {
  const { configFile } = ports;
  const choose =
    configFile === null
      ? ''
      : ` Or keep secrets in private files: put the line \`secrets: file\` into ${configFile}`;
  return new AppError({
    code: `keychain-${kind}`,
    message: `The login for ${host} was not kept: ${message}`,
    hint: `${hint}${choose}`,
  });
}

function noPlace(): AppError {
  return new AppError({
    code: 'no-state-directory',
    message: 'The login was not kept: there is no private place to note it',
    hint: 'Set HOME or XDG_STATE_HOME.',
  });
}
