import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fingerprintOf } from '../../src/files/sign-outs.ts';
import { type SecretService, startSecretService } from '../support/secret-service.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import type { HelperHome } from './helper-home.ts';

export const HOST = 'registry.example.com';
export const SECRET = 'correct-horse';

/** Stores a login of `robot`. */
export const store = (
  home: HelperHome,
  ServerURL: string,
  Secret: string,
  env = home.env,
  Username = 'robot',
) => home.run('store', `${JSON.stringify({ ServerURL, Username, Secret })}\n`, { env });
/** What a `get` of it answers. */
export const answered = (secret: string, said = '') => ({
  token: fingerprintOf(secret),
  username: 'robot',
  said,
});

/** A keyring of the test's own. */
export async function keyring(t: TestContext): Promise<SecretService> {
  const service = await startSecretService(temporaryDirectory(t));
  t.after(service.stop);
  return service;
}

/** A home whose keychain is the service's; none of the rest of its environment. */
export function inSession(home: HelperHome, { env }: SecretService): Record<string, string> {
  const { DBUS_SESSION_BUS_ADDRESS = '' } = env;
  return { ...home.env, DBUS_SESSION_BUS_ADDRESS };
}

/** Every file of a home in which a text stands. */
export function filesWith({ directory }: HelperHome, text: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => readFileSync(path, 'utf8').includes(text));
}

/** Has the answer for a host checked so long ago that it is due again. */
export function makeOld(home: HelperHome, host: string): void {
  home.editCached(host, (record) => {
    record.checkedAt.wallMs = 0;
  });
}
