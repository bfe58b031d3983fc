import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const KEY = 'keeper@example.com';
const run = promisify(execFile);

/** What must be on PATH for a password store. */
export const passwordStorePrograms = ['pass', 'gpg', 'gpgconf'] as const;

/** A gpg key without a passphrase, for `pass` to keep secrets with. */
export interface GpgHome {
  /** A new, empty password store below the directory. Resolves to the whole environment for programs. */
  passwordStore(directory: string): Promise<Readonly<Record<string, string>>>;
  /** Ends gpg's agent. */
  stop(): Promise<void>;
}

/** Makes a key in a new directory below the given one. @param parent shorter than 80 bytes: sockets come into it */
export async function startGpgHome(parent: string): Promise<GpgHome> {
  const env = { HOME: parent, GNUPGHOME: join(parent, 'gnupg'), PATH: process.env.PATH ?? '' };
  mkdirSync(env.GNUPGHOME, { mode: 0o700 });
  const ofNoPassphrase = ['--batch', '--quiet', '--pinentry-mode', 'loopback', '--passphrase', ''];
  await run('gpg', [...ofNoPassphrase, '--quick-generate-key', KEY, 'future-default', 'default', 'never'], {
    env,
  });
  return {
    async passwordStore(directory) {
      const storeEnv = { ...env, HOME: directory, PASSWORD_STORE_DIR: join(directory, 'passwords') };
      await run('pass', ['init', KEY], { env: storeEnv });
      return storeEnv;
    },
    async stop() {
      await run('gpgconf', ['--kill', 'all'], { env });
    },
  };
}
