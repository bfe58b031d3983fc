import type { Answer } from './answer.ts';
import { reasonOf } from './reason.ts';
import type { SecretStore } from './secret-store.ts';
import type { TypedCredential } from './store-and-erase.ts';

/**
 * A token of docker's own, as it was stored: nobody is asked about it, and nothing else takes its place.
 * @param key as `normaliseLoginKey` gives it
 */
export async function dockerToken(
  key: string,
  secrets: Pick<SecretStore, 'find' | 'whyUnusable' | 'read'>,
): Promise<Answer> {
  const stored = secrets.find(key);
  if (stored === undefined) {
    const why = await secrets.whyUnusable(key);
    return { kind: 'anonymous', reasons: why === undefined ? [] : [reasonOf(why)] };
  }
  const reading = await secrets.read(stored);
  if ('secret' in reading) {
    return { kind: 'credential', username: stored.username, secret: reading.secret, expiresAtMs: null };
  }
  if (reading.fault === 'gone') return { kind: 'anonymous', reasons: [] };
  const { kind, message, fix } = reading.fault;
  const why = `${stored.serverUrl} can't be read: ${message}`;
  return { kind: 'anonymous', reasons: [{ code: `keychain-${kind}`, why, fix }] };
}

/** Keeps one. @throws AppError: then nothing was kept */
export async function storeDockerToken(
  typed: TypedCredential,
  secrets: Pick<SecretStore, 'keep'>,
): Promise<void> {
  const { host, serverUrl, username, secret } = typed;
  // Docker looks after their ends.
  await secrets.keep({ host, serverUrl, username, expiresAtMs: null, boundTo: undefined }, secret);
}

/** Forgets one. @throws AppError if it stays in the keychain, unused */
export async function eraseDockerToken(key: string, secrets: Pick<SecretStore, 'erase'>): Promise<void> {
  await secrets.erase(key);
}
