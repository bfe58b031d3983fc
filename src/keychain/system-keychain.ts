import { withoutSecrets } from '../hosts/reason.ts';
import type { KeychainFault, SecretReading } from '../hosts/secret-store.ts';
import type { Keychain, KeychainItem } from './keychain.ts';

interface Entry {
  setSecret(secret: Uint8Array): Promise<void>;
  getSecret(): Promise<ArrayLike<number> | null>;
  deleteCredential(): Promise<boolean>;
}

/** The system's keychain, as `@napi-rs/keyring` reaches it. */
export interface KeychainLibrary {
  /** An entry by its service and account; throws what the library throws, also when it can't be loaded. */
  openEntry(service: string, account: string): Promise<Entry>;
  /** The accounts of a service that there is an entry of. */
  listAccounts(service: string): Promise<readonly string[]>;
  /** The most bytes that an entry may hold; undefined: as many as one likes. */
  readonly largestEntry: number | undefined;
}

/** Resolves after that time, in ms. */
type Pause = (ms: number) => Promise<void>;

/** Windows Credential Manager: CRED_MAX_CREDENTIAL_BLOB_SIZE (wincred.h). */
export const WINDOWS_LARGEST_ENTRY = 2560;
const SERVICE = 'docker-credential-openshift';
const PATIENCE_MS = 900;
/** The first byte of a part says whether another one follows. */
const MORE = 0x2b;
const LAST = 0x2e;

/**
 * The keychain of macOS, and Windows Credential Manager. Where an entry can't hold a secret as a whole, it lies in
 * several, written from the last to the first: who finds the first finds all.
 */
export function createSystemKeychain(library: KeychainLibrary, pause: Pause): Keychain {
  const entry = (item: KeychainItem, part: number): Promise<Entry> =>
    library.openEntry(SERVICE, `${item.host} ${item.id}${part === 0 ? '' : ` ${part + 1}`}`);
  const orFault = async (action: () => Promise<void>): Promise<KeychainFault | undefined> => {
    const done = await inTime(async () => action().then(() => ({})), pause);
    return 'fault' in done ? done.fault : undefined;
  };
  const remove: Keychain['remove'] = (items) =>
    orFault(async () => {
      for (const item of items) {
        let part = 0;
        while (await (await entry(item, part)).deleteCredential()) part += 1;
      }
    });
  return {
    read: (item) => inTime(() => readParts((part) => entry(item, part), library), pause),
    write: (item, _username, secret) =>
      orFault(async () => {
        const parts = partsOf(Buffer.from(secret), library.largestEntry);
        for (let part = parts.length - 1; part >= 0; part -= 1) {
          await (await entry(item, part)).setSecret(parts[part] ?? new Uint8Array());
        }
      }),
    remove,
    removeAll: (host, ids, except) =>
      ids === undefined
        ? orFault(async () => {
            for (const account of await library.listAccounts(SERVICE)) {
              const [of, id] = account.split(' ');
              if (of === host && id !== except)
                await (await library.openEntry(SERVICE, account)).deleteCredential();
            }
          })
        : remove(ids.map((id) => ({ host, id }))),
    health: async () =>
      (await orFault(async () => {
        await (await entry({ host: 'health', id: 'none' }, 0)).getSecret();
      })) ?? { kind: 'ok' },
  };
}

async function readParts(
  entry: (part: number) => Promise<Entry>,
  { largestEntry }: KeychainLibrary,
): Promise<SecretReading> {
  const parts: Buffer[] = [];
  for (;;) {
    const content = await (await entry(parts.length)).getSecret();
    if (content === null) return { fault: 'gone' };
    const bytes = Buffer.from(Uint8Array.from(content));
    if (largestEntry === undefined) return { secret: bytes.toString() };
    parts.push(bytes.subarray(1));
    if (bytes[0] !== MORE) return { secret: Buffer.concat(parts).toString() };
  }
}

function partsOf(secret: Buffer, largestEntry: number | undefined): Uint8Array[] {
  if (largestEntry === undefined) return [secret];
  const parts: Uint8Array[] = [];
  const room = largestEntry - 1;
  for (let at = 0; at === 0 || at < secret.length; at += room) {
    const isLast = at + room >= secret.length;
    parts.push(Buffer.concat([Buffer.of(isLast ? LAST : MORE), secret.subarray(at, at + room)]));
  }
  return parts;
}

/** The library works on threads of its own: what hangs there is left behind. */
async function inTime<T extends object>(
  action: () => Promise<T>,
  pause: Pause,
): Promise<T | { fault: KeychainFault }> {
  const fix = { do: 'See whether it waits for you on your screen, and try again.' };
  const late: KeychainFault = { kind: 'hanging', message: 'the keychain does not answer', fix };
  try {
    return await Promise.race([action(), pause(PATIENCE_MS).then(() => ({ fault: late }))]);
  } catch (error) {
    // The library has one kind of error for everything, with the system's own words in it.
    return { fault: inWords(error instanceof Error ? error : new Error(String(error))) };
  }
}

function inWords(error: Error): KeychainFault {
  const { code } = error as NodeJS.ErrnoException;
  const message = withoutSecrets(error.message.split('\n')[0] ?? '');
  // The library looks for its native part in a dozen places, and tells of none of them; compiled, it has it in one.
  if (code === 'ERR_DLOPEN_FAILED' || /\.node\b|dlopen|native binding/.test(message)) {
    const fix = {
      do: 'Set TMPDIR (on Windows: TEMP) to a directory that can be written, and executed from.',
    };
    return { kind: 'broken', message: "the keychain's library can't be loaded", fix };
  }
  // errSecInteractionNotAllowed, and its kin.
  if (/locked|interaction (?:is )?not allowed|-25308/i.test(message)) {
    return { kind: 'locked', message: 'the keychain is locked', fix: { do: 'Unlock it, and try again.' } };
  }
  if (/denied|canceled|cancelled|not permitted|-128\b|-25293/i.test(message)) {
    const fix = { do: 'Allow it in the dialogue of your system.' };
    return { kind: 'denied', message: `the keychain refuses this program: ${message}`, fix };
  }
  if (/no default|not available|unavailable|no such logon session|-25307/i.test(message)) {
    return {
      kind: 'absent',
      message: `this machine has no keychain: ${message}`,
      fix: { do: 'Log in to a desktop.' },
    };
  }
  return { kind: 'broken', message: `the keychain failed: ${message}`, fix: { do: 'Try again.' } };
}
