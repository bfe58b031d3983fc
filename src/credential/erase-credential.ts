import { AppError } from './app-error.ts';
import type { Identity } from './identity.ts';

export interface EraseCredentialPorts {
  /** Who answers for the host, as far as that can be told without asking a cluster; undefined: nobody. */
  identityAtHand(host: string): Promise<Identity | undefined>;
  readToken(identity: Identity): Promise<string>;
  fingerprintOf(token: string): string;
  isServiceAccountToken(token: string): boolean;
  /** @returns whether it could be kept */
  signOut(host: string, fingerprint: string): Promise<boolean>;
  forgetAnswer(host: string): Promise<void>;
}

/**
 * The protocol's `erase`: forgets what is cached for the host, and suppresses this very token, so that a new login
 * signs in again. Service accounts are only forgotten: an engine erases too when a CI job cleans up behind itself, and
 * nobody could sign the account in again.
 * @param host a normalised registry host
 * @throws AppError if the sign-out could not be kept
 */
export async function eraseCredential(host: string, ports: EraseCredentialPorts): Promise<void> {
  await ports.forgetAnswer(host);
  const identity = await ports.identityAtHand(host);
  if (identity === undefined || !isAPersons(identity)) return;
  const token = await ports.readToken(identity);
  if (ports.isServiceAccountToken(token)) return;
  if (await ports.signOut(host, ports.fingerprintOf(token))) return;
  throw new AppError({
    code: 'not-signed-out',
    message: `You are still signed in to ${host}: there is no place to keep that you signed out`,
    hint: 'oc logout',
  });
}

/** A token that a person signed in with lies in the kubeconfig; what lies in a file of its own is put there by a system. */
function isAPersons(identity: Identity): boolean {
  return !identity.inCluster && identity.source.kind === 'token';
}
