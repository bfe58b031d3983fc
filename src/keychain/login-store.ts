import { lstat } from 'node:fs/promises';
import { leftoversOf, removeFile, removeLeftovers } from '../files/remove-file.ts';
import { othersFile } from '../files/text-file.ts';
import { AppError } from '../hosts/reason.ts';
import type { KeychainHealth, SecretPlace, SecretStore } from '../hosts/secret-store.ts';
import {
  changeRecord,
  noLogin,
  noteCluster,
  recordToChange,
  removeLeftItems,
  type SecretStorePorts,
  whyStoredUnusable,
  writeStoredRecord,
} from './change-login.ts';
import { keepSecret } from './keep-login.ts';
import {
  readStoredRecord,
  readStoredRecords,
  readStoredSecret,
  type StoredRecord,
  storedHosts,
  storedLoginFile,
  storedLoginIn,
} from './login-records.ts';

/**
 * Typed secrets: in the keychain, each version of one in an item of its own, or in private files. A file for each host
 * says which item counts. It is replaced as a whole, before an item it names is removed and after an item it is to
 * count is there, so that whoever is killed meanwhile leaves the old or the new secret, and nothing that is forgotten.
 */
export function createSecretStore(ports: SecretStorePorts): SecretStore {
  const { state, uid } = ports;
  const records = () => (state === null ? [] : readStoredRecords(state, uid));
  const whyUnusable = async (host: string): Promise<AppError | undefined> => {
    const why = state === null ? undefined : await whyStoredUnusable(storedLoginFile(state, host), host, uid);
    if (why === undefined) return undefined;
    const message = `The login stored for ${host} is not used: ${why.message}`;
    return new AppError({ code: 'stored-login-unusable', message, fix: why.fix });
  };
  return {
    find: (host) =>
      state === null
        ? undefined
        : storedLoginIn(readStoredRecord(storedLoginFile(state, host), uid), ports.now()),
    list: () =>
      records()
        .map((record) => storedLoginIn(record, ports.now()))
        .filter((login) => login !== undefined),
    whyUnusable,
    unusable: async () => {
      const unusable = await Promise.all(
        storedHosts(state).map(async (host) => ({ host, why: await whyUnusable(host) })),
      );
      return unusable.flatMap(({ host, why }) => (why === undefined ? [] : [{ host, why }]));
    },
    leftOver: () => records().flatMap(({ host, login }) => (login === undefined ? [host] : [])),
    read: async ({ host, id, where }) => {
      if (where === 'keychain') return (await ports.keychain()).read({ host, id });
      const secret = readStoredSecret(state, host, id, uid);
      return secret === undefined ? { fault: 'gone' } : { secret };
    },
    keep: (login, secret) => keepSecret(login, secret, ports),
    noteCluster: (login, server) => noteCluster(login, server, ports),
    erase: (host) => eraseSecret(host, ports),
    health: async (): Promise<KeychainHealth> => (await ports.keychain()).health(),
  };
}

/**
 * Forgets what is stored for a host, also what counts no more since others may read it or it is damaged. What can't be
 * taken out of the keychain stays noted until it is gone.
 * @returns where a login was, also one that was erased before and stayed there; undefined: there was none
 * @throws AppError `left-in-keychain`, `foreign-file`, `unusable-file`
 */
async function eraseSecret(host: string, ports: SecretStorePorts): Promise<SecretPlace | undefined> {
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
