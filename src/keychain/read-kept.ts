import { type Place, stateDirectory } from '../files/directories.ts';
import type { CredentialAnswer, KeptAnswer } from '../hosts/answer.ts';
import type { SecretFault, SecretReading } from '../hosts/secret-store.ts';
import { openKeychain } from './open-keychain.ts';

/** Reads the secret of a cached answer from where it is kept. */
export async function readKept(
  host: string,
  kept: KeptAnswer,
  here: Place,
): Promise<{ answer: CredentialAnswer } | { fault: SecretFault }> {
  const { id, where, username, expiresAtMs } = kept;
  const reading =
    where === 'file'
      ? await readFromFile(host, id, here)
      : await (await openKeychain(here)).read({ host, id });
  if ('fault' in reading) return reading;
  return { answer: { kind: 'credential', username, secret: reading.secret, expiresAtMs } };
}

async function readFromFile(host: string, id: string, here: Place): Promise<SecretReading> {
  const { readStoredSecret } = await import('./login-records.ts');
  const secret = readStoredSecret(stateDirectory(here), host, id, here.uid);
  return secret === undefined ? { fault: 'gone' } : { secret };
}
