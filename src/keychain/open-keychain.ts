import { type Place, stateDirectory } from '../files/directories.ts';
import type { Keychain } from './keychain.ts';
import { createSecretService } from './secret-service/secret-service.ts';
import type { KeychainLibrary } from './system-keychain.ts';

/** The keychain of this system; to be loaded when a secret is asked for. Where a library of its own is needed for it, that is loaded when it is used. */
export async function openKeychain(here: Place): Promise<Keychain> {
  const { platform, env } = here;
  if (platform !== 'darwin' && platform !== 'win32') {
    return createSecretService(env, (waitMs, action) => inTurn(here, waitMs, action));
  }
  const { createSystemKeychain, WINDOWS_LARGEST_ENTRY } = await import('./system-keychain.ts');
  const library: KeychainLibrary = {
    largestEntry: platform === 'win32' ? WINDOWS_LARGEST_ENTRY : undefined,
    listAccounts: async (service) => {
      const { findCredentialsAsync } = await import('@napi-rs/keyring');
      return (await findCredentialsAsync(service)).map(({ account }) => account);
    },
    openEntry: async (service, account) => {
      const { AsyncEntry } = await import('@napi-rs/keyring');
      // Elsewhere the library would fall back to the kernel's keyring, which forgets everything at a restart.
      return new AsyncEntry(service, account, { linux: { store: 'secret-service' } });
    },
  };
  return createSystemKeychain(library, (ms) => new Promise((resolve) => setTimeout(resolve, ms)));
}

/**
 * Runs what may change a keyring while no other process of ours does. Whoever gets no turn in time goes on without one: turns
 * spare a keyring that fails under several clients at once, and no login depends on them.
 */
async function inTurn<T>(here: Place, waitMs: number, action: () => Promise<T>): Promise<T> {
  const { withLock } = await import('../files/lock.ts');
  const state = stateDirectory(here);
  const lock = state === null ? null : `${state}/locks/keyring`;
  const done = await withLock(lock, waitMs, here.uid, async () => ({ value: await action() }));
  return done === undefined ? action() : done.value;
}
