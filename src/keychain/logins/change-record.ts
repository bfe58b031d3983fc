import { lstat } from 'node:fs/promises';
import { withLock } from '../../files/lock.ts';
import { AppError } from '../../hosts/reason.ts';
import type { KeychainFault } from '../../hosts/secret-store.ts';
import type { SecretStorePorts } from './secret-store-ports.ts';
import {
  readRecordAsItIs,
  readStoredRecord,
  type StoredRecord,
  storedLoginsDirectory,
  storedRecord,
} from './stored-logins.ts';

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
