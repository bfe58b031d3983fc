import { keptTokenFile } from '../files/kept-tokens.ts';
import { withLock } from '../files/lock.ts';
import { removeFile } from '../files/remove-file.ts';
import { removeAnswer } from '../files/save-answer.ts';
import { clearSignOuts, signOutFile } from '../files/sign-outs.ts';
import type { Identity } from '../hosts/identity.ts';
import { serviceAccountOrder } from '../hosts/service-account-order.ts';
import type { Session } from './session.ts';
import { tokenPorts } from './token-ports.ts';

/** How long to wait for a renewal of the host's token to end, so that it leaves nothing behind. */
const RENEWAL_ENDS_MS = 3000;

/**
 * Drops what was minted for a host, or a plugin gave for it.
 * @returns the file that it was in; undefined: there was none
 */
export async function forgetKept(
  host: string,
  identity: Identity,
  session: Session,
): Promise<string | undefined> {
  const { cache, here } = session;
  if (cache === null) return undefined;
  const { settings } = await session.readSettings(host);
  const key = await tokenPorts(session).keyOf(identity, serviceAccountOrder(settings));
  const file = keptTokenFile(cache, key);
  const remove = () => removeFile(file);
  // One that is renewing it just now would write it anew.
  const waitMs = Math.max(0, Math.min(RENEWAL_ENDS_MS, session.remainingMs()));
  const isRemoved = await withLock(`${cache}/locks/${key}`, waitMs, here.uid, remove);
  return (isRemoved ?? (await remove())) ? file : undefined;
}

/** Lifts whatever signed a host out. */
export async function signIn(host: string, { state }: Pick<Session, 'state'>): Promise<void> {
  if (state !== null) await clearSignOuts(signOutFile(state, host));
}

/** Drops what is cached for a host. */
export async function forgetAnswer(host: string, { cache }: Pick<Session, 'cache'>): Promise<void> {
  if (cache !== null) await removeAnswer(cache, host);
}
