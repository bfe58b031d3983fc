import type { Keychain } from './keychain.ts';
import { createSecretService } from './secret-service/secret-service.ts';

/** The keychain of this system; to be loaded when a secret is asked for. Where a library of its own is needed for it, that is loaded when it is used. */
export async function openKeychain({
  platform,
  env,
}: {
  readonly platform: NodeJS.Platform;
  readonly env: Record<string, string | undefined>;
}): Promise<Keychain> {
  if (platform !== 'darwin' && platform !== 'win32') {
    return createSecretService(env);
  }
  const { createSystemKeychain, WINDOWS_LARGEST_ENTRY } = await import('./system-keychain.ts');
  return createSystemKeychain({
    largestEntry: platform === 'win32' ? WINDOWS_LARGEST_ENTRY : undefined,
    pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    listAccounts: async (service) => {
      const { findCredentialsAsync } = await import('@napi-rs/keyring');
      return (await findCredentialsAsync(service)).map(({ account }) => account);
    },
    openEntry: async (service, account) => {
      const { AsyncEntry } = await import('@napi-rs/keyring');
      // Elsewhere the library would fall back to the kernel's keyring, which forgets everything at a restart.
      return new AsyncEntry(service, account, { linux: { store: 'secret-service' } });
    },
  });
}
