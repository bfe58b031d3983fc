import { lstat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { withLock } from '../files/lock.ts';
import { writePrivateFile } from '../files/private-directory.ts';
import { othersFile } from '../files/text-file.ts';
import { type Obstacle, whyNotPrivate } from '../files/why-not-private.ts';
import type { Moment } from '../hosts/clock.ts';
import { AppError, type Fix } from '../hosts/reason.ts';
import type { KeychainFault, SecretPlace, StoredLogin } from '../hosts/secret-store.ts';
import type { Keychain } from './keychain.ts';
import {
  readRecordAsItIs,
  readStoredRecord,
  type StoredRecord,
  storedLoginFile,
  storedLoginsDirectory,
  storedRecord,
} from './login-records.ts';

/**
 * Runs what changes a host's record while no other process changes it.
 * @param path of the record
 * @throws AppError `store-busy`; what the action throws
 */
export async function changeRecord<T>(
  path: string,
  state: string,
  ports: Pick<SecretStorePorts, 'uid' | 'remainingMs'>,
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
    fix: { do: 'Try again.' },
  });
}

/**
 * What is to be changed. Of a record that does not count, since others may change it or nobody can read it, nothing is
 * taken on but the names of items, which are to be removed.
 * @returns undefined: there is nothing
 */
export async function recordToChange(
  path: string,
  host: string,
  ports: Pick<SecretStorePorts, 'now' | 'uid'>,
): Promise<StoredRecord | undefined> {
  const record = readStoredRecord(path, ports.uid);
  if (record !== undefined) return record;
  if (!(await isThere(path))) return undefined;
  return { ...noLogin(host, readRecordAsItIs(path)?.items ?? [], ports), lost: true };
}

/** @returns a record of a host without a login */
export function noLogin(
  host: string,
  items: readonly string[],
  ports: Pick<SecretStorePorts, 'now'>,
): StoredRecord {
  return storedRecord({ host, login: undefined, storedAt: ports.now(), items });
}

/**
 * Takes out of the keychain what a record leaves behind there.
 * @param except the item that stays
 * @returns why something is still there
 */
export async function removeLeftItems(
  { host, items, lost }: StoredRecord,
  ports: Pick<SecretStorePorts, 'keychain'>,
  except?: string,
): Promise<KeychainFault | undefined> {
  if (lost !== true && items.length === 0) return undefined;
  const keychain = await ports.keychain();
  if (lost !== true) return keychain.remove(items.map((id) => ({ host, id })));
  const fault = await keychain.removeAll(host, undefined, except);
  // Where there is no keychain, nothing that is not known of was put into one.
  return fault?.kind === 'absent' && items.length === 0 ? undefined : fault;
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    // What can't be looked at can't be changed either; that is told when it is tried.
    const { code } = error as NodeJS.ErrnoException;
    return code !== 'ENOENT' && code !== 'ENOTDIR';
  }
}

/**
 * Notes which cluster a stored login is of; nothing of its secret is touched, and no keychain asked. It is left for the next
 * time where somebody else changes the record just now, since an engine may wait, and where nothing can be written.
 * @param server the API server's URL
 */
export async function noteCluster(
  { host, id }: Pick<StoredLogin, 'host' | 'id'>,
  server: string,
  { state, uid }: Pick<SecretStorePorts, 'state' | 'uid'>,
): Promise<void> {
  if (state === null) return;
  const path = storedLoginFile(state, host);
  try {
    await changeRecord(path, state, { uid, remainingMs: () => 0 }, async () => {
      const record = readStoredRecord(path, uid);
      const login = record?.login;
      if (record === undefined || login?.id !== id || login.boundTo !== undefined) return;
      await writeStoredRecord(path, { ...record, login: { ...login, boundTo: server } }, uid);
    });
  } catch (error) {
    // Busy, or a full disk: the cluster's word is there to be asked for again.
    if (!(error instanceof AppError)) throw error;
  }
}

/** What the store of typed secrets needs. */
export interface SecretStorePorts {
  /** Our state directory; null: there is no private place. */
  readonly state: string | null;
  /** Whether that is still there after a restart of the machine. */
  readonly stateLasts: boolean;
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

/** Writes a host's record as a whole, onto the disk. @throws AppError `not-written`: why, and what fixes it */
export async function writeStoredRecord(
  path: string,
  record: StoredRecord,
  uid: number | undefined,
): Promise<void> {
  if (await writePrivateFile(path, JSON.stringify(record), uid, true)) return;
  const why = await whyNotPrivate(path, uid);
  throw new AppError({
    code: 'not-written',
    message: `${path} can't be written: ${why.message}`,
    fix: why.fix,
  });
}

/**
 * Why a record that is there does not count: others may read or change it, or nobody can.
 * @param path of the record
 * @param uid the effective user id; undefined: owners are not asked (Windows)
 * @returns undefined: there is none, or it counts
 */
export async function whyStoredUnusable(
  path: string,
  host: string,
  uid: number | undefined,
): Promise<Obstacle | undefined> {
  const directory = dirname(path);
  const file = await look(path);
  if (file === undefined) return undefined;
  if (file === 'out of reach') {
    return { message: `${directory} can't be looked into`, fix: { run: `ls -ld ${directory}` } };
  }
  const erase = { run: `docker-credential-openshift logout ${host}` };
  if (file.isDirectory()) return { message: `${path} is a directory`, fix: { run: `rmdir ${path}` } };
  if (!file.isFile()) return { message: `${path} is not a regular file`, fix: erase };
  if (uid !== undefined && file.uid !== uid) return othersFile(path, file.uid, uid);
  if (uid !== undefined && (file.mode & 0o077) !== 0) {
    return { message: `${path} is open to others`, fix: { run: `chmod 600 ${path}` } };
  }
  return (
    (await whyOpen(directory, 0o077, uid)) ??
    (await whyOpen(dirname(directory), 0o022, uid)) ??
    whyUnread(path, file.mode, erase)
  );
}

async function whyOpen(
  directory: string,
  forbidden: number,
  uid: number | undefined,
): Promise<Obstacle | undefined> {
  const stats = await look(directory);
  if (uid === undefined || stats === undefined || stats === 'out of reach') return undefined;
  if (!stats.isDirectory())
    return { message: `${directory} is not a directory`, fix: { run: `ls -ld ${directory}` } };
  if (stats.uid !== uid) return othersFile(directory, stats.uid, uid);
  if ((stats.mode & forbidden) === 0) return undefined;
  return { message: `${directory} is open to others`, fix: { run: `chmod 700 ${directory}` } };
}

function whyUnread(path: string, mode: number, erase: Fix): Obstacle | undefined {
  if (readRecordAsItIs(path) !== undefined) return undefined;
  if ((mode & 0o400) === 0) return { message: `${path} can't be read`, fix: { run: `chmod 600 ${path}` } };
  return { message: `${path} is damaged`, fix: erase };
}

async function look(path: string) {
  try {
    return await lstat(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Where a part of its path is not there, or no directory, there is nothing.
    return code === 'ENOENT' || code === 'ENOTDIR' ? undefined : ('out of reach' as const);
  }
}
