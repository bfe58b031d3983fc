import { lstat } from 'node:fs/promises';
import { leftoversOf, removeFile, removeLeftovers } from '../files/remove-file.ts';
import { othersFile } from '../files/text-file.ts';
import { AppError } from '../hosts/reason.ts';
import type { SecretPlace } from '../hosts/secret-store.ts';
import {
  changeRecord,
  noLogin,
  recordToChange,
  removeLeftItems,
  type SecretStorePorts,
  writeStoredRecord,
} from './change-login.ts';
import { type StoredRecord, storedLoginFile } from './login-records.ts';

/**
 * Forgets what is stored for a host, also what counts no more since others may read it or it is damaged. What can't be
 * taken out of the keychain stays noted until it is gone.
 * @returns where a login was, also one that was erased before and stayed there; undefined: there was none
 * @throws AppError `left-in-keychain`, `foreign-file`, `unusable-file`
 */
export async function eraseSecret(host: string, ports: SecretStorePorts): Promise<SecretPlace | undefined> {
  const { state } = ports;
  if (state === null) return undefined;
  const path = storedLoginFile(state, host);
  const isRecorded = (await recordToChange(path, host, ports)) !== undefined;
  if (!isRecorded && (await leftoversOf(path)).length === 0) return undefined;
  await refuseOthers(path, host, ports.uid);
  return changeRecord(path, state, ports, async () => {
    await removeLeftovers(path, 0);
    const before = await recordToChange(path, host, ports);
    return before === undefined ? undefined : erase(before, path, ports);
  });
}

async function erase(
  before: StoredRecord,
  path: string,
  ports: SecretStorePorts,
): Promise<SecretPlace | undefined> {
  const { host, items, login } = before;
  const lost = before.lost === true;
  if (items.length === 0 && !lost) {
    await removeFile(path);
    return login?.where;
  }
  // First of all it is answered no more.
  const note = { ...noLogin(host, items, ports), ...(lost ? { lost: true as const } : {}) };
  await writeStoredRecord(path, note, ports.uid).catch(async (error) => {
    // A directory that is open to others, or full, keeps no note: then there is none, rather than the secret.
    if (!(error instanceof AppError)) throw error;
    await removeFile(path);
  });
  const fault = lost
    ? await removeLeftItems(note, ports)
    : await (await ports.keychain()).removeAll(host, items);
  if (fault !== undefined) {
    throw new AppError({
      code: 'left-in-keychain',
      message: `The login for ${host} is answered no more, but it stays in the keychain: ${fault.message}`,
      fix: fault.fix,
    });
  }
  await removeFile(path);
  // Also what an earlier one could not take out.
  return lost ? 'file' : (login?.where ?? 'keychain');
}

/** Under sudo, another's login is not ours to erase; what root left here would come back. */
async function refuseOthers(path: string, host: string, uid: number | undefined): Promise<void> {
  const owner = await lstat(path).then(
    (found) => found.uid,
    () => uid,
  );
  if (uid === undefined || owner === uid || owner === undefined) return;
  const { message, fix } = await othersFile(path, owner, uid);
  throw new AppError({
    code: 'foreign-file',
    message: `The login stored for ${host} was not erased: ${message}`,
    fix,
  });
}
