import { AppError } from '../../hosts/reason.ts';
import type { StoredLogin } from '../../hosts/secret-store.ts';
import { changeRecord } from './change-record.ts';
import type { SecretStorePorts } from './secret-store-ports.ts';
import { readStoredRecord, storedLoginFile } from './stored-logins.ts';
import { writeStoredRecord } from './write-stored-record.ts';

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
