import { withLock } from '../../files/lock.ts';
import { AppError } from '../../hosts/reason.ts';

const LOCK_WAIT_MS = 10_000;

/**
 * Runs an action while no other process of ours edits files of engines, ours or the record of that.
 * @param path the file it is about
 * @throws AppError if another one is at it for too long; what the action throws
 */
export async function whileEditing<T>(
  path: string,
  { state, uid }: { readonly state: string | null; readonly uid: number | undefined },
  action: () => Promise<T>,
): Promise<T> {
  const lock = state === null ? null : `${state}/edits`;
  const done = await withLock(lock, LOCK_WAIT_MS, uid, async () => ({ result: await action() }));
  if (done !== undefined) return done.result;
  throw new AppError({
    code: 'ENGINE_FILE_BUSY',
    message: `${path} is being edited by another docker-credential-openshift, which does not finish`,
    fix: { do: 'Run this again when the other one is done.' },
  });
}
