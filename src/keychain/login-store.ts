import { AppError } from '../hosts/reason.ts';
import type { KeychainHealth, SecretStore } from '../hosts/secret-store.ts';
import { noteCluster, type SecretStorePorts, whyStoredUnusable } from './change-login.ts';
import { eraseSecret } from './erase-login.ts';
import { keepSecret } from './keep-login.ts';
import {
  readStoredRecord,
  readStoredRecords,
  readStoredSecret,
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
