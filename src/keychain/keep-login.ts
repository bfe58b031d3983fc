import { randomBytes } from 'node:crypto';
import { removeFile, removeLeftovers } from '../files/remove-file.ts';
import { AppError, inWords } from '../hosts/reason.ts';
import type { KeychainFault, LoginToStore } from '../hosts/secret-store.ts';
import {
  changeRecord,
  noLogin,
  recordToChange,
  removeLeftItems,
  type SecretStorePorts,
  writeStoredRecord,
} from './change-login.ts';
import { type StoredRecord, storedLoginFile, storedRecord } from './login-records.ts';

/**
 * Keeps a secret where the config wants it, in place of whatever was stored for the host.
 * @throws AppError, and then nothing has changed
 */
export async function keepSecret(
  login: LoginToStore,
  secret: string,
  ports: SecretStorePorts,
): Promise<void> {
  const { state, stateLasts } = ports;
  if (state === null || !stateLasts) throw noLastingPlace(login.host);
  const place = await ports.place();
  const path = storedLoginFile(state, login.host);
  await changeRecord(path, state, ports, async () => {
    await removeLeftovers(path, 0);
    const before = await recordToChange(path, login.host, ports);
    if (place === 'file') await keepInFile(login, secret, before, path, ports);
    else await keepInKeychain(login, secret, before, path, ports);
  });
}

async function keepInFile(
  login: LoginToStore,
  secret: string,
  before: StoredRecord | undefined,
  path: string,
  ports: SecretStorePorts,
): Promise<void> {
  const stored = { ...login, where: 'file', id: newId() } as const;
  const now = storedRecord({ host: login.host, login: stored, storedAt: ports.now(), items: [], secret });
  const earlier = before ?? now;
  await writeStoredRecord(path, withItemsOf(earlier, now), ports.uid);
  // What stays there counts no more, and is removed with this login.
  await dropEarlier(earlier, now, path, ports);
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
  const earlier = before ?? noLogin(host, [], ports);
  // First the name of what is to be written: nothing that might be in the keychain is unknown to us.
  await writeStoredRecord(path, { ...earlier, items: [...earlier.items, id] }, ports.uid);
  const fault = await (await ports.keychain()).write({ host, id }, login.username, secret);
  if (fault !== undefined) {
    const isThere = fault.isLeft === true || fault.kind === 'hanging' || fault.kind === 'broken';
    if (!isThere) await restore(path, before, ports);
    throw notKept(fault, host, ports);
  }
  const stored = { ...login, where: 'keychain', id } as const;
  const now = storedRecord({ host, login: stored, storedAt: ports.now(), items: [id] });
  await writeStoredRecord(path, withItemsOf(earlier, now), ports.uid);
  await dropEarlier(earlier, now, path, ports, id);
}

/** What lies in the keychain from before is named until it is gone. */
function withItemsOf(earlier: StoredRecord, now: StoredRecord): StoredRecord {
  const lost = earlier.lost === true ? { lost: true as const } : {};
  return earlier === now ? now : { ...now, ...lost, items: [...earlier.items, ...now.items] };
}

async function dropEarlier(
  earlier: StoredRecord,
  now: StoredRecord,
  path: string,
  ports: SecretStorePorts,
  except?: string,
): Promise<void> {
  if (earlier === now || (earlier.items.length === 0 && earlier.lost !== true)) return;
  const fault = await removeLeftItems(earlier, ports, except);
  if (fault === undefined) await writeStoredRecord(path, now, ports.uid);
}

async function restore(
  path: string,
  before: StoredRecord | undefined,
  ports: SecretStorePorts,
): Promise<void> {
  if (before === undefined) await removeFile(path);
  else await writeStoredRecord(path, before, ports.uid);
}

function newId(): string {
  return randomBytes(8).toString('hex');
}

function notKept({ kind, message, fix }: KeychainFault, host: string, ports: SecretStorePorts): AppError {
  const { configFile } = ports;
  const line = configFile === null ? '' : `put the line \`secrets: file\` into ${configFile}, or `;
  const choose = ` Or keep secrets in private files: ${line}set DOCKER_CREDENTIAL_OPENSHIFT_SECRETS=file`;
  return new AppError({
    code: `keychain-${kind}`,
    message: `The login for ${host} was not kept: ${message}`,
    fix: { do: `${inWords(fix)}${choose}` },
  });
}

/** Without a note of it that lasts, a secret would stay in the keychain, and nobody would find it. */
function noLastingPlace(host: string): AppError {
  return new AppError({
    code: 'no-state-directory',
    message: `The login for ${host} was not kept: HOME is not set, and without it there is no place that outlasts a restart`,
    fix: { do: 'Set HOME to your home directory, or XDG_STATE_HOME, and log in again.' },
  });
}
