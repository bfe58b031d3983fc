import type { Gathered } from './gather-facts.ts';
import type { Identity } from './identity.ts';
import { AppError } from './reason.ts';

export interface EraseCredentialPorts {
  /** The host's resolution as if nobody had signed out of it, without what was typed; no cluster is asked. */
  resolve(host: string): Promise<Gathered>;
  /** Drops what was minted for the host, or a plugin gave for it. */
  forgetKept(host: string, identity: Identity): Promise<void>;
  fingerprintOf(token: string): string;
  isServiceAccountToken(token: string): boolean;
  /** @returns whether it could be kept */
  signOut(host: string, fingerprint: string): Promise<boolean>;
  forgetAnswer(host: string): Promise<void>;
  /** Forgets what a person stored for the host. @throws AppError if it stays in the keychain, unused */
  forgetStored(host: string): Promise<void>;
}

/**
 * The protocol's `erase`: forgets what is cached and stored for the host, and suppresses this very token, so that a new
 * login signs in again. Service accounts are only forgotten: an engine erases too when a CI job cleans up behind itself, and
 * nobody could sign the account in again.
 * @param host a normalised registry host
 * @throws AppError if the sign-out could not be kept, or something is left in the keychain
 */
export async function eraseCredential(host: string, ports: EraseCredentialPorts): Promise<void> {
  // Whatever keeps one of them from being done is no reason to leave the other.
  const [forgotten] = await Promise.allSettled([ports.forgetStored(host)]);
  await ports.forgetAnswer(host);
  await signOut(host, ports);
  if (forgotten.status === 'rejected') throw forgotten.reason;
}

async function signOut(host: string, ports: EraseCredentialPorts): Promise<void> {
  const identity = identityAtHand(await ports.resolve(host));
  if (identity === undefined) return;
  await ports.forgetKept(host, identity);
  const token = personsToken(identity);
  if (token === undefined || ports.isServiceAccountToken(token)) return;
  if (await ports.signOut(host, ports.fingerprintOf(token))) return;
  throw new AppError({
    code: 'not-signed-out',
    message: `You are still signed in to ${host}: there is no place to keep that you signed out`,
    fix: { run: 'oc logout' },
  });
}

/**
 * Who answers for a host, as far as that can be told without asking a cluster: of a host that no cluster was asked about
 * yet, whoever would be asked.
 * @returns undefined: nobody
 */
export function identityAtHand({ resolution, facts }: Gathered): Identity | undefined {
  const { own, binding } = resolution;
  return own?.identity ?? (binding?.kind === 'by-claim' ? facts.identities?.current : undefined);
}

/**
 * A token that a person signed in with lies in the kubeconfig; what comes from a file, a plugin or the environment is
 * put there by a system.
 */
function personsToken({ context, source }: Identity): string | undefined {
  return context !== undefined && source.kind === 'token' ? source.token : undefined;
}
